import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { startBrowser, startHouse, watch } from './house.mjs';

describe('every state of every page', () => {
  let house, browser, states;
  before(async () => {
    [house, browser] = await Promise.all([startHouse(), startBrowser()]);
    const page = await browser.newPage();
    await page.goto(`${house.issuer}/dev/gallery`);
    states = await page.$$eval('a[href*="/dev/gallery/"]', (links) => [...new Set(links.map((a) => a.href))]);
    await page.close();
    assert.ok(states.length >= 60, `the gallery lists only ${states.length} states`);
  });
  after(async () => { await browser?.close(); await house?.stop(); });

  // A page that leaves at once is looked at without following its refresh.
  const show = async (page, address) => {
    await page.route('**/*', (route) => (route.request().url().startsWith(house.issuer) ? route.continue() : route.abort()));
    await page.goto(address, { waitUntil: 'load' }); // with its styles
  };
  const stays = (address) => !/S-90|O-05/.test(address);

  const colours = ['color-contrast', 'link-in-text-block']; // all that differs between the modes
  for (const [mode, options, language, rules] of [
    ['light', { colorScheme: 'light' }, /./], ['dark', { colorScheme: 'dark' }, /lang=en/, colours], ['forced colours', { forcedColors: 'active' }, /lang=en/, colours],
  ]) {
    test(`passes axe in ${mode}`, async () => {
      const faults = [];
      const context = await browser.newContext(options);
      const page = await context.newPage();
      for (const address of states.filter(stays).filter((a) => language.test(a))) {
        await show(page, address);
        const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
        const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
        for (const v of violations) faults.push(`${address} ${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`);
      }
      await context.close();
      assert.deepEqual(faults, []);
    });
  }

  test('never scrolls sideways at 320 pixels, and breaks no rule of its own policy', async () => {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
    const page = await context.newPage();
    const faults = watch(page);
    for (const address of states.filter(stays)) {
      await show(page, address);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) faults.push(`${address} is ${over} pixels too wide`);
    }
    await context.close();
    assert.deepEqual(faults, []);
  });

  test('never scrolls sideways with text twice as large', async () => {
    const context = await browser.newContext({ viewport: { width: 640, height: 640 } });
    const page = await context.newPage();
    const faults = [];
    for (const address of states.filter(stays)) {
      await show(page, address);
      const over = await page.evaluate(() => {
        document.styleSheets[0].insertRule('html { font-size: 225% !important }', document.styleSheets[0].cssRules.length);
        return document.documentElement.scrollWidth - document.documentElement.clientWidth;
      });
      if (over > 0) faults.push(`${address} is ${over} pixels too wide`);
    }
    await context.close();
    assert.deepEqual(faults, []);
  });

  test('can be pressed with a thumb: 44 pixels at least', async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 640 } });
    const page = await context.newPage();
    const faults = [];
    for (const address of states.filter(stays).filter((a) => /lang=en/.test(a))) {
      await show(page, address);
      const small = await page.$$eval('main button, main .button, main summary, main .card-acts a, main .row-button, main .row-link', (all) => all
        .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.9).map((e) => e.textContent.trim()));
      if (small.length) faults.push(`${address}: ${small}`);
    }
    await context.close();
    assert.deepEqual(faults, []);
  });

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
