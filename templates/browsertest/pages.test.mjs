// Every state of the gallery, in each language. Each is loaded once, and looked at in every way there is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startBrowser, startHouse, watch } from './house.mjs';
import { check, checkWords, shoot } from './look.mjs';

describe('every state of every page', () => {
  let house, browser, states;
  const faults = { axe: [], wide: [], large: [], small: [], policy: [] };
  before(async () => {
    [house, browser] = await Promise.all([startHouse(), startBrowser()]);
    const page = await browser.newPage();
    await page.goto(`${house.issuer}/dev/gallery`);
    states = await page.$$eval('a[href*="/dev/gallery/"]', (links) => [...new Set(links.map((a) => a.href))]);
    await page.close();
    assert.ok(states.length >= 60, `the gallery lists only ${states.length} states`);
    const left = [...states];
    await Promise.all([walk(left), walk(left)]); // as many as CI has cores
  });
  after(async () => { await browser?.close(); await house?.stop(); });

  // walk takes one state after the other off the list.
  async function walk(left) {
    const context = await browser.newContext();
    const page = await context.newPage();
    faults.policy.push(watch(page));
    for (let address = left.shift(); address; address = left.shift()) await visit(page, address);
    await context.close();
  }

  async function visit(page, address) {
    const [, id, variant, language] = address.match(/gallery\/([^/]+)\/([^?]+)\?lang=(.+)/);
    const note = (list, found) => list.push(...found.map((f) => `${address} ${f}`));
    if (/S-90|O-05/.test(id)) return; // leaves at once
    const english = language === 'en';
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(address, { waitUntil: 'load' }); // with its styles
    note(faults.axe, await (english ? check(page) : checkWords(page)));
    if (english) await shoot(page, `${id}-${variant}`);
    await page.setViewportSize({ width: 320, height: 640 });
    note(faults.wide, await over(page));
    note(faults.small, await page.$$eval('main button, main .button, main summary, main .card-acts a, main .row-button, main .row-link', (all) => all
      .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.9).map((e) => e.textContent.trim())));
    await page.setViewportSize({ width: 640, height: 640 });
    await page.evaluate(() => document.styleSheets[0].insertRule('html { font-size: 225% !important }', document.styleSheets[0].cssRules.length));
    note(faults.large, await over(page));
  }

  const over = async (page) => {
    const pixels = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    return pixels > 0 ? [`is ${pixels} pixels too wide`] : [];
  };

  test('passes axe in light, dark and forced colours', () => assert.deepEqual(faults.axe, []));
  test('never scrolls sideways at 320 pixels', () => assert.deepEqual(faults.wide, []));
  test('never scrolls sideways with text twice as large', () => assert.deepEqual(faults.large, []));
  test('can be pressed with a thumb: 44 pixels at least', () => assert.deepEqual(faults.small, []));
  test('breaks no rule of its own policy', () => assert.deepEqual(faults.policy.flat(), []));

  test('the sign-in page costs at most 40 kB in at most 6 requests, none of them elsewhere', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    let bytes = 0;
    const requests = [];
    cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
    page.on('request', (r) => requests.push(r.url()));
    await page.goto(states.find((a) => /S-01\/.*lang=en/.test(a)), { waitUntil: 'networkidle' });
    await context.close();
    assert.ok(bytes <= 40_000, `${bytes} bytes`);
    assert.ok(requests.length <= 6, requests.join(' '));
    assert.deepEqual(requests.filter((r) => !r.startsWith(house.issuer)), []);
  });
});
