// Help, as somebody meets it who is not signed in: the way to it from the sign-in page, and the check of the browser.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { authenticator, press, startBrowser, startHouse, startWithoutCookies, watch } from './house.mjs';

describe('help', () => {
  let house, browser;
  before(async () => { [house, browser] = await Promise.all([startHouse(), startBrowser()]); });
  after(async () => { await browser?.close(); await house?.stop(); });

  const numbers = (page) => page.innerText('[data-check-code]');

  test('H-01 is one press away from the sign-in page, and every page of it one more', async () => {
    const page = await browser.newPage();
    const faults = watch(page);
    await page.goto(`${house.issuer}/account`);
    await press(page, 'footer a[href="/help"]');
    const links = await page.$$eval('main .choices a', (all) => all.map((a) => [a.href, a.textContent]));
    assert.ok(links.length >= 14, `${links.length} links`);
    for (const [to, words] of links) {
      const response = await page.goto(to);
      assert.equal(response.status(), 200, words);
      assert.ok(await page.isVisible('h1'));
    }
    assert.deepEqual(faults, []);
    await page.close();
  });

  test('H-10 with scripts: the numbers say what the lines say', async () => {
    const page = await browser.newPage();
    await authenticator(page);
    await page.goto(`${house.issuer}/help/browser`);
    await page.waitForFunction(() => document.querySelector('[data-check-code]').textContent === '1 1 1 1 1 1 1 4');
    assert.deepEqual(await page.$$eval('.facts dd', (all) => all.map((d) => d.innerText)), [...Array(6).fill('Yes'), 'English (1)']);
    await page.close();
  });

  test('H-10 in a browser without passkeys, whose clock is wrong', async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => {
      delete window.PublicKeyCredential;
      const now = Date.now;
      Date.now = () => now() + 5 * 60_000;
    });
    const page = await context.newPage();
    await page.goto(`${house.issuer}/help/browser`);
    assert.equal(await numbers(page), '1 1 2 2 2 1 1 7');
    await context.close();
  });

  test('H-10 without scripts says so', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${house.issuer}/help/browser`);
    assert.equal(await numbers(page), '1 2 3 3 3 3 1 9');
    assert.match(await page.innerText('[data-check=scripts]'), /^No\. /);
    await context.close();
  });

  test('H-10 without cookies says so, and does not go round in circles', async () => {
    const context = await startWithoutCookies();
    const page = await context.newPage();
    await page.goto(`${house.issuer}/help/browser`);
    assert.match(await numbers(page), /^2 1 /);
    assert.match(await page.innerText('[data-check=cookies]'), /^No\. /);
    await context.close();
  });
});
