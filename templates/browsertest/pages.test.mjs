// Every state of the gallery, in each language: what sweep.mjs asks of it, and no breach of the policy that it comes with.
// SWEEP=en,ar takes these languages only, and SWEEP_STATES='S-0|H-' these states. Where SWEEP is not set, axe looks at English, Spanish
// and Arabic: what it judges is the same in the other languages but for words that lack, which the tests of the templates find; and the
// keyboard and colours are tried in English. SWEEP=all tries everything, in a quarter of an hour.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startBrowser, startHouse, watch } from './house.mjs';
import { sweep } from './sweep.mjs';

const everything = !!process.env.SWEEP;
const languages = process.env.SWEEP === 'all' ? undefined : process.env.SWEEP?.split(',');
const chosen = new RegExp(process.env.SWEEP_STATES || '.');

describe('every state of every page', () => {
  let house, browser, visited = 0;
  const faults = [], policy = [];
  before(async () => {
    [house, browser] = await Promise.all([startHouse(), startBrowser()]);
    const page = await browser.newPage();
    await page.goto(`${house.issuer}/dev/gallery`);
    const states = (await page.$$eval('a[href*="/dev/gallery/"]', (links) => [...new Set(links.map((a) => a.href))]))
      .map((address) => ({ address, ...address.match(/gallery\/(?<id>[^/]+)\/(?<variant>[^?]+)\?lang=(?<language>.+)/).groups }))
      .filter((s) => chosen.test(s.id) && (!languages || languages.includes(s.language)));
    await page.close();
    if (!process.env.SWEEP_STATES) assert.ok(states.length >= 350, `the gallery lists only ${states.length} states`);
    const leaving = states.filter((s) => /S-90|O-05/.test(s.id)), staying = states.filter((s) => !leaving.includes(s));
    await Promise.all([visit(leaving, true).then(() => visit(staying)), visit(staying)]); // as many as CI has cores
  });
  after(async () => { await browser?.close(); await house?.stop(); });

  // visit takes one state after the other off the list. Pages that leave the site at once are looked at without what makes them.
  async function visit(left, leave) {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    await context.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`${e.violatedDirective} by ${e.blockedURI}`)));
    const page = await context.newPage();
    if (leave) await hold(page);
    page.on('request', (r) => { if (!r.url().startsWith(house.issuer)) policy.push(`${page.url()} asks for ${r.url()}`); });
    policy.push(watch(page));
    for (let state = left.shift(); state; state = left.shift()) {
      visited++;
      const found = await sweep(page, state.address, state.language === 'en' || everything && state.language === 'ar', everything || ['en', 'es', 'ar'].includes(state.language)).catch((e) => [e.message]);
      faults.push(...found.map((f) => `${state.id}/${state.variant} ${state.language}: ${f}`));
    }
    await context.close();
  }

  async function hold(page) {
    await page.route(/\/static\/post\./, (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    await page.route(/\/dev\/gallery\//, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '') });
    });
  }

  test('stands axe, narrow screens, large text, wide spacing, thumbs and keyboards', (t) => {
    t.diagnostic(`${visited} pages`);
    assert.deepEqual(faults, []);
  });

  test('breaks no rule of its own policy, and asks for nothing elsewhere', () => assert.deepEqual(policy.flat(), []));

  test('the sign-in page costs at most 40 kB in at most 6 requests, none of them elsewhere', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    let bytes = 0;
    const requests = [];
    cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
    page.on('request', (r) => requests.push(r.url()));
    const before = await page.goto(`${house.portal}/records/`).then(() => page.getAttribute('#sign-in', 'href'));
    requests.length = bytes = 0;
    await page.goto(new URL(before, house.portal).href, { waitUntil: 'networkidle' });
    const ours = requests.filter((r) => r.startsWith(house.issuer) && !r.includes('/authorize?'));
    await context.close();
    assert.ok(bytes <= 40_000, `${bytes} bytes`);
    assert.ok(ours.length <= 6 && ours.length > 2, requests.join(' '));
    assert.deepEqual(requests.filter((r) => !r.startsWith(house.issuer) && !r.startsWith(house.portal)), []);
  });
});
