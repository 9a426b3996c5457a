// A patient who has lost the phone waits and gets back in; another stops what somebody else has begun.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, press, second, signIn, startBrowser, tell } from './house.mjs';
import { look } from './look.mjs';

describe('recover by waiting', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  // lost signs somebody in with the password, who then says that the phone is lost, and goes to the page of the wait.
  async function lost(page, open, person) {
    await open('records');
    await signIn(page, person.username, person.password);
    await page.waitForSelector('a[href$="/lost"]');
    await page.click('a[href$="/lost"]');
    await page.waitForSelector('a[href$="/wait"]');
    await page.click('a[href$="/wait"]');
    await page.waitForURL(/\/wait$/);
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';
    const looked = javaScriptEnabled ? look : async () => {};

    test(`R-12, R-13 Cyrus has lost his phone${how}`, () => tell(browser, { javaScriptEnabled }, async ({ house, page, open, later }) => {
      const cyrus = house.account('cyrus');
      await lost(page, open, cyrus);
      await looked(page, 'R-12 start');
      await press(page, 'form[action$="/wait"] button');
      assert.match(await page.innerText('h1'), /wait has begun/);
      await looked(page, 'R-13 pending');
      const told = await house.message((m) => /recover/.test(m.subject ?? ''));
      assert.match(told.text, /\/recovery\/stop\//);

      const then = await later('73h');
      await lost(page, open, cyrus);
      await looked(page, 'R-13 ready');
      await press(page, 'form[action$="/regain"] button');
      await page.waitForSelector('#code');
      await looked(page, 'R-13 code');
      await answer(page, await then.code('email'));
      await page.waitForSelector('input[name=way], #code');
      await second(page, then, cyrus, 'email'); // what he has left, or sets up anew
      await page.waitForURL(`${then.portal}/records/`);
      await then.message((m) => /was recovered/.test(m.subject ?? ''));
    }));

    test(`R-13 Cyrus stops what somebody with his password began${how}`, () => tell(browser, { javaScriptEnabled }, async ({ house, page, context, open }) => {
      const cyrus = house.account('cyrus');
      await lost(page, open, cyrus);
      await press(page, 'form[action$="/wait"] button');
      const told = await house.message((m) => /recover/.test(m.subject ?? ''));
      const link = /https?:\S+\/recovery\/stop\/\S+/.exec(told.text)[0];
      const own = await context.newPage();
      await own.goto(link);
      await looked(own, 'R-13 stop');
      await press(own, 'form[action*="/recovery/stop/"] button');
      assert.match(await own.innerText('h1'), /stopped/);
      await looked(own, 'R-13 stopped');
      await house.message((m) => /was stopped/.test(m.subject ?? ''));
      await page.reload();
      await page.waitForSelector('form[action$="/wait"]'); // nothing waits any more
    }));
  }
});
