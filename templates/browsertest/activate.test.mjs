// A new patient opens an account with the code of a printed letter; another adds the record to the account that there is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, authenticator, press, second, signIn, startBrowser, tell } from './house.mjs';
import { look } from './look.mjs';

describe('activate', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  // born fills in the date of birth, as the letter's person would.
  async function born(page, date) {
    const [year, month, day] = date.split('-');
    await page.fill('#month', String(Number(month)));
    await page.fill('#day', String(Number(day)));
    await page.fill('#year', year);
    await press(page, 'form[action$="/facts"] button');
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';
    const looked = javaScriptEnabled ? look : async () => {};

    test(`A-01 to A-15 a printed letter opens an account${how}`, () => tell(browser, { javaScriptEnabled }, async ({ house, page, open }) => {
      const letter = house.activations[0];
      await open('records');
      await press(page, 'a[href^="/activate"]');
      await looked(page, 'A-01');
      await press(page, 'a[href^="/activate/code"]');
      await looked(page, 'A-02');
      await page.fill('#code', letter.code.toLowerCase().replaceAll('-', ' '));
      await press(page, 'form[action="/activate/code"] button');
      await looked(page, 'A-03');
      await born(page, '1901-02-03');
      assert.match(await page.innerText('.summary'), /could not match/);
      await looked(page, 'A-04');
      await born(page, letter.birth_date);
      await looked(page, 'A-17');
      await press(page, 'button[value=new]');
      await looked(page, 'A-08');
      await press(page, 'form[action$="/email"] button:not([name])');
      await page.waitForSelector('#code');
      await looked(page, 'A-08 code');
      await answer(page, await house.code('email'));
      await page.waitForSelector('#phone');
      await looked(page, 'A-09');
      await press(page, 'form[action$="/text"] button:not([name])');
      await page.waitForSelector('#code');
      await answer(page, await house.code('text'));
      await page.waitForSelector('#username:visible');
      await looked(page, 'A-11');
      await page.fill('#username', 'cyrus'); // somebody's
      await press(page, 'form[action$="/name"] button');
      await looked(page, 'A-11 taken');
      await press(page, '.choices button'); // the first that is offered
      await page.fill('#new-password', 'seven blue herons at the weir');
      await looked(page, 'A-12');
      await press(page, 'form[action$="/password"] button[type=submit]:not([hidden])');
      await looked(page, 'A-15');
      await press(page, 'form[action$="/finish"] button');
      assert.match(await page.innerText('h1'), /ready/);
      await looked(page, 'A-15 done');
      await house.message((m) => /account is ready/.test(m.subject ?? ''));
      await page.click('main a.button');
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`A-17 the record is added to an account${how}`, () => tell(browser, { javaScriptEnabled }, async ({ house, page }) => {
      const letter = house.activations[0];
      const cyrus = house.account('cyrus');
      await page.goto(`${house.issuer}/activate/code`);
      await page.fill('#code', letter.code);
      await press(page, 'form[action="/activate/code"] button');
      await born(page, letter.birth_date);
      await press(page, 'button[value=have]');
      await signIn(page, cyrus.username, cyrus.password);
      await second(page, house, cyrus);
      await page.waitForSelector('button[value=join]');
      await looked(page, 'A-17 join');
      await press(page, 'button[value=join]');
      assert.match(await page.innerText('h1'), /added/);
      await looked(page, 'A-17 joined');
    }));
  }

  test('A-12 a passkey in place of a password, which signs in alone', () => tell(browser, {}, async ({ house, page, open }) => {
    const letter = house.activations[0];
    await authenticator(page);
    await open('records');
    await press(page, 'a[href^="/activate"]');
    await press(page, 'a[href^="/activate/code"]');
    await page.fill('#code', letter.code);
    await press(page, 'form[action="/activate/code"] button');
    await born(page, letter.birth_date);
    await press(page, 'button[value=new]');
    await press(page, 'form[action$="/email"] button:not([name])');
    await page.waitForSelector('#code');
    await answer(page, await house.code('email'));
    await page.waitForSelector('#phone');
    await press(page, 'button[value=skip]');
    await page.waitForSelector('#username:visible');
    await page.fill('#username', 'keyed.mary');
    await press(page, 'form[action$="/name"] button');
    await look(page, 'A-12 passkey');
    await press(page, '[data-passkey-button]');
    assert.match(await page.innerText('dl.facts'), /Passkey/);
    await press(page, 'form[action$="/finish"] button');
    assert.match(await page.innerText('h1'), /ready/);
    await page.click('main a.button');
    await page.waitForURL(`${house.portal}/records/`);
    await page.context().clearCookies();
    await open('records'); // where the device offers the passkey by itself
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('A-16 comes back half way, and the QR of the letter', () => tell(browser, {}, async ({ house, page }) => {
    const letter = house.activations[0];
    const asked = [];
    page.on('request', (r) => asked.push(r.url()));
    await page.goto(letter.link);
    await press(page, 'a[href^="/activate/code"]');
    assert.equal((await page.inputValue('#code')).replaceAll('-', ''), letter.code.replaceAll('-', ''));
    assert.ok(!page.url().includes('#'));
    assert.ok(!asked.some((url) => url.replace(/#.*/, '').includes(letter.code)), 'the code was sent in an address');
    await press(page, 'form[action="/activate/code"] button');
    await born(page, letter.birth_date);
    await press(page, 'button[value=new]');
    await page.goto(`${house.issuer}/activate`);
    assert.match(await page.innerText('h1'), /email/i);
  }));
});
