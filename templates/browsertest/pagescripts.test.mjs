// The scripts of the pages for codes, on pages of the gallery: what they add, and that the page stands without them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startBrowser, startHouse, watch } from './house.mjs';

describe('the pages for codes', () => {
  let house, browser;
  before(async () => { [house, browser] = await Promise.all([startHouse(), startBrowser()]); });
  after(async () => { await browser?.close(); await house?.stop(); });

  const visit = (options, story) => async () => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults = watch(page);
    try {
      await story(page, (state) => page.goto(`${house.issuer}/dev/gallery/${state}?lang=en`), context);
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  };

  // standIn is a browser that can read texts: read(code) hands one over, and stopped tells whether nobody listens any more.
  const standIn = () => {
    window.OTPCredential = function OTPCredential() {};
    navigator.credentials.get = (options) => new Promise((done, fail) => {
      window.asked = JSON.stringify(options.otp);
      window.read = (code) => done({ code });
      options.signal.addEventListener('abort', () => { window.stopped = true; fail(new DOMException('', 'AbortError')); });
    });
  };

  test('a code that comes by text is filled in, and what was typed is left alone', visit({}, async (page, open) => {
    await page.addInitScript(standIn);
    await open('C-02/text');
    assert.equal(await page.evaluate('asked'), '{"transport":["sms"]}');
    await page.evaluate(() => window.read('012345'));
    assert.equal(await page.inputValue('#code'), '012345');
    await open('C-02/text');
    await page.fill('#code', '999999');
    await page.evaluate(() => window.read('012345'));
    assert.equal(await page.inputValue('#code'), '999999');
  }));

  test('reading of texts stops when the code is sent by hand', visit({}, async (page, open) => {
    await page.addInitScript(standIn);
    await open('C-02/text');
    await page.evaluate(() => {
      document.querySelector('#code').form.addEventListener('submit', (event) => event.preventDefault());
      document.querySelector('#code').form.requestSubmit();
    });
    assert.equal(await page.evaluate('stopped'), true);
  }));

  for (const state of ['C-03/email', 'C-04/voice', 'C-05/totp', 'C-06/recovery']) {
    test(`texts are not read on ${state}`, visit({}, async (page, open) => {
      await page.addInitScript(standIn);
      await open(state);
      assert.equal(await page.evaluate('window.asked'), undefined);
    }));
  }

  test('the last two minutes are said once, and the end', visit({}, async (page, open) => {
    await page.clock.install();
    await page.addInitScript(() => {
      window.said = [];
      addEventListener('DOMContentLoaded', () => new MutationObserver(() => window.said.push(document.querySelector('[data-seconds]').textContent))
        .observe(document.querySelector('[data-seconds]'), { childList: true }));
    });
    await open('C-02/text');
    assert.equal(await page.getAttribute('[data-seconds]', 'role'), 'status');
    await page.clock.fastForward('07:50');
    assert.deepEqual(await page.evaluate('said'), []);
    await page.clock.fastForward('00:11');
    assert.match(await page.textContent('[data-seconds]'), /less than 2 minutes/);
    await page.clock.fastForward('01:50');
    assert.equal((await page.evaluate('said')).length, 1);
    await page.clock.fastForward('00:10');
    assert.match(await page.textContent('[data-seconds]'), /run out/);
    await page.clock.fastForward('30:00');
    assert.equal((await page.evaluate('said')).length, 2);
  }));

  test('recovery codes are copied, printed with nothing around them, and can be selected without a script', visit({}, async (page, open, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: house.issuer });
    await open('Y-07/replace');
    const codes = await page.$$eval('#codes code', (all) => all.map((c) => c.textContent));
    assert.equal(codes.length, 10);
    await page.click('[data-sheet=copy]');
    await page.waitForFunction(() => document.querySelector('#sheet-said').textContent !== '');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), codes.join('\n'));
    await page.evaluate(() => { window.print = () => { window.printed = true; }; });
    await page.click('[data-sheet=print]');
    assert.equal(await page.evaluate('printed'), true);
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['button', '.choices', 'nav', '.test']) assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
    for (const code of codes) assert.ok(await page.getByText(code, { exact: true }).isVisible());
    assert.ok(await page.isVisible('.brand-name'));
  }));

  test('without scripts, each page says what to do, and no button is there that does nothing', visit({ javaScriptEnabled: false }, async (page, open) => {
    for (const state of ['S-04/autofill', 'C-01/passkey', 'K-01/offer']) {
      await open(state);
      assert.equal(await page.locator('[data-passkey-button]').isVisible(), false, state);
      assert.ok(await page.getByText(/JavaScript/).isVisible(), state);
    }
    await open('Y-07/sheet');
    assert.equal(await page.locator('[data-sheet]').first().isVisible(), false);
    assert.ok(await page.locator('#codes code').first().isVisible());
    await open('C-02/text');
    assert.ok(await page.getByText('It works for 10 minutes.').isVisible());
  }));
});
