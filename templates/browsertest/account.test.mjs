// What people do with their own account: see where it is open and who sees what, end what is not theirs, and shut it in time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { enter, press, startBrowser, tell, watch } from './house.mjs';
import { look } from './look.mjs';

describe('my account', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';
    const looked = javaScriptEnabled ? look : async () => {};

    test(`Y-01, Y-08, Y-10, Y-11 Bruno ends a device, finds what was not his, and pauses his account${how}`, (t) =>
      tell(browser, { javaScriptEnabled }, async ({ house, page, open }) => {
        const bruno = house.account('bruno');
        const elsewhere = await browser.newContext({ javaScriptEnabled, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1' });
        t.after(() => elsewhere.close());
        const phone = await elsewhere.newPage();
        const faults = watch(phone);
        await open('records', phone);
        await enter(phone, house, bruno);
        await phone.waitForURL(`${house.portal}/records/`);

        await open('records');
        await enter(page, house, bruno);
        await page.waitForURL(`${house.portal}/records/`);
        await page.goto(`${house.issuer}/account`);
        assert.match(await page.innerText('main'), /You last signed in on/);
        await looked(page, 'Y-01 overview');

        await press(page, 'a[href="/account/devices"]');
        assert.match(await page.innerText('main'), /This device[\s\S]*Safari on iPhone/);
        await looked(page, 'Y-08 devices');
        await press(page, 'form[action="/account/devices/end"] button');
        assert.match(await page.innerText('[role=status]'), /signed out/);
        assert.doesNotMatch(await page.innerText('main'), /iPhone/);
        await looked(page, 'Y-08 ended');
        await phone.goto(`${house.issuer}/account`);
        await phone.waitForSelector('input[name=password]');

        await page.goto(`${house.issuer}/account/activity`);
        await looked(page, 'Y-10 activity');
        await press(page, 'nav a[href*="kind=apps"]');
        assert.match(await page.innerText('main'), /An app got access/);
        assert.doesNotMatch(await page.innerText('main ul.scopes'), /Signed out/);
        const [table] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
        assert.equal(table.suggestedFilename(), 'account-activity.csv');
        assert.match(readFileSync(await table.path(), 'utf8'), /^\uFEFFWhen,What happened,Who did it,App\r\n/);

        await press(page, 'a.screen[href="/account/not-me"]');
        await looked(page, 'Y-11 not me');
        await press(page, 'form[action="/account/not-me"] button');
        assert.equal(await page.innerText('h1'), 'Your account is paused');
        await looked(page, 'Y-11 paused');
        const letter = await house.message((m) => /en pausa/.test(m.subject));
        assert.match(letter.text, /nadie puede entrar/); // Bruno reads Spanish
        await page.goBack();
        await page.reload();
        assert.equal(await page.locator('form[action="/account/not-me"]').count(), 0);
        await page.goto(`${house.issuer}/account/devices`);
        await page.waitForSelector('input[name=password]');
        assert.deepEqual(faults, []);
      }));

    test(`Y-09 Bruno stops an app from outside${how}`, () =>
      tell(browser, { javaScriptEnabled }, async ({ house, page, open }) => {
        const bruno = house.account('bruno');
        await open('tracker');
        await enter(page, house, bruno);
        await press(page, 'button[value=allow]');
        await page.waitForURL(`${house.portal}/tracker/`);
        await page.goto(`${house.issuer}/account/apps`);
        await looked(page, 'Y-09 apps');
        await press(page, 'a[href$="/stop"]');
        await looked(page, 'Y-09 stop');
        await press(page, 'form[action$="/stop"] button');
        assert.match(await page.innerText('[role=status]'), /stopped/);
        await looked(page, 'Y-09 stopped');
        await page.goto(`${house.portal}/tracker/login`);
        await page.waitForSelector('button[value=allow]');
      }));
  }
});
