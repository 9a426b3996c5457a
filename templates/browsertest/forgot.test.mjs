import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { look } from './look.mjs';
import { answer, asked, enter, press, second, startBrowser, tell } from './house.mjs';

const fresh = 'three quiet herons by the mill';

describe('a patient who has forgotten something', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  const visit = (options, story) => () => tell(browser, options, story);

  // forgot goes from the sign-in page to "forgot what?" and chooses.
  async function forgot(page, choice) {
    await press(page, 'a[href^="/forgot"]');
    await see(page, 'forgot');
    await page.click(`label[for="${await page.getAttribute(`input[name=choice][value=${choice}]`, 'id')}"]`);
    await press(page, 'main form button[type=submit]');
  }

  // see has axe look at the page, and takes a picture of it.
  const see = (page, name) => look(page, name);

  // reset asks for a code and types it, up to what comes after.
  async function reset(page, house, name, channel) {
    await page.fill('input[name=username]', name);
    await press(page, 'main form button[type=submit]');
    await see(page, 'forgot-sent');
    await answer(page, await house.code(channel));
  }

  // choosePassword sets the new password and goes back to the application.
  async function choosePassword(page) {
    await page.waitForSelector('input[name=new_password]');
    await see(page, 'forgot-new');
    await page.fill('input[name=new_password]', fresh);
    await press(page, 'form[action$="/new-password"] button[type=submit]');
    await page.waitForSelector('main a.button[href^="/authorize"]');
    await see(page, 'forgot-done');
    await press(page, 'main a.button');
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';

    test(`gets back in who forgot both username and password${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const cyrus = house.account('cyrus');
      await open('records');
      await forgot(page, 'both');
      await see(page, 'forgot-username');
      await page.fill('input[name=contact]', ` ${cyrus.email.toUpperCase()}`);
      await press(page, 'main form button[type=submit]');
      await see(page, 'forgot-username-sent');
      assert.doesNotMatch(await page.textContent('main'), /cyrus/i);
      const { text } = await house.message((m) => m.channel === 'email' && /username/.test(m.subject));
      assert.match(text, /^Username: cyrus$/m);
      await press(page, 'a[href^="/forgot/password"]');
      await see(page, 'forgot-password');
      await reset(page, house, 'cyrus', 'email');
      await page.waitForSelector('form[action$="/totp"]');
      await see(page, 'forgot-second');
      await answer(page, house.app(cyrus.totp_secret));
      await choosePassword(page);
      await page.waitForSelector('input[name=password]');
      await enter(page, house, { ...cyrus, password: fresh });
      await page.waitForURL(`${house.portal}/records/`);
      assert.match(await page.textContent('#username'), /cyrus/);
    }));

    test(`shows by another channel that it is them, whose codes come by text${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await forgot(page, 'password');
      await reset(page, house, 'ana', 'email');
      await page.waitForSelector('#code, input[name=way], input[name=new_password]');
      if (await page.isVisible('input[name=way]')) await press(page, 'form[action$="/way"] button[type=submit]');
      assert.equal(await asked(page), 'text');
      await answer(page, await house.code('text'));
      await choosePassword(page);
      await enter(page, house, { ...ana, password: fresh });
      await page.waitForURL(`${house.portal}/records/`);
    }));
  }

  test('a wrong code and a name of nobody look alike', visit({}, async ({ house, page, open }) => {
    const seen = [];
    for (const name of ['bruno', 'nobody-at-all']) {
      await open('records');
      await forgot(page, 'password');
      await page.fill('input[name=username]', name);
      await press(page, 'main form button[type=submit]');
      await page.fill('#code', '000000');
      await press(page, 'form:has(#code) button[type=submit]');
      assert.match(await page.title(), /^Error: /);
      await see(page, 'forgot-wrong');
      const words = await page.innerText('main');
      assert.match(words, /tell us this code: \w{8}/);
      seen.push(words.replace(/this code: \w{8}/, 'this code'));
    }
    assert.equal(seen[0], seen[1]);
    await page.goto(`${house.issuer}/forgot/AAAAAAAAAAAAAAAAAAAAAAAA`);
    await see(page, 'forgot-over');
    assert.ok(await page.isVisible('input[name=username]'));
  }));
});
