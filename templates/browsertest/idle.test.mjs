// Who does nothing is warned, may stay, and is signed out in the end; who does something is not. The clocks are short here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { enter, startBrowser, startHouse, watch } from './house.mjs';
import { look } from './look.mjs';

describe('idle', { concurrency: true }, () => { // each story has a house of its own, and waits most of the time
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  // brief tells a story in a house where people are away after so many seconds, and warned so many before.
  const brief = async (idle, warning, options, story) => {
    const house = await startHouse('--insecure-hashing', '--session-idle', `${idle}s`, '--session-warning', `${warning}s`);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults = watch(page);
    try {
      await story({ house, page, context });
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
      await house.stop();
    }
  };
  const signIn = async ({ house, page }, app = 'records') => {
    await page.goto(`${house.portal}/${app}/`);
    await page.click('#sign-in');
    await enter(page, house, house.account('ana'));
    await page.waitForURL(`${house.portal}/${app}/`);
  };

  test('E-01, E-02 in the account: warned, stays, is signed out, and Back shows nothing', () => brief(24, 14, {}, async (story) => {
    const { house, page, context } = story;
    await signIn(story, 'scheduling');
    await page.goto(`${house.issuer}/account`);
    await page.goto(`${house.issuer}/account/devices`);
    assert.equal(await page.locator('#stay[open]').count(), 0);
    await page.waitForSelector('#stay[open]', { timeout: 20_000 });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Stay signed in');
    assert.match(await page.innerText('#stay-clock'), /^0:1\d$/);
    await look(page, 'E-01 warned');
    await page.click('[data-stay]');
    await page.waitForSelector('#stay:not([open])', { state: 'attached' });

    await page.waitForSelector('#stay[open]', { timeout: 20_000 });
    await page.keyboard.press('Escape'); // is to stay, too
    await page.waitForSelector('#stay:not([open])', { state: 'attached' });

    await page.waitForSelector('#stay[open]', { timeout: 20_000 });
    const other = await context.newPage(); // another tab puts it off for this one
    await other.goto(`${house.issuer}/account`);
    await other.close();
    await page.waitForSelector('#stay:not([open])', { state: 'attached', timeout: 20_000 });

    await page.waitForSelector('input[name=password]', { timeout: 40_000 });
    assert.match(await page.innerText('[role=status]'), /You were away/);
    await look(page, 'E-02 signed out');
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForSelector('input[name=password]');
    assert.doesNotMatch(await page.innerText('body'), /Chrome on/);
    await page.goForward().catch(() => {});
    await page.goto(`${house.issuer}/account/devices`);
    await enter(page, house, house.account('ana'));
    await page.waitForURL(`${house.issuer}/account/devices`);
  }));

  test('E-01, E-02 in an app: who does something stays, who does not is warned and signed out everywhere', () => brief(24, 14, {}, async (story) => {
    const { house, page } = story;
    await signIn(story);
    await page.waitForSelector('#stay[open]', { timeout: 20_000 });
    assert.equal(await page.evaluate(() => document.activeElement.id), 'stay-signed-in');
    await look(page, 'E-01 in an app');
    await page.click('#stay-signed-in');
    await page.waitForSelector('#stay:not([open])', { state: 'attached' });
    const until = Date.now() + 30_000; // longer than anybody may be away
    while (Date.now() < until) {
      await page.keyboard.press('Shift');
      await page.waitForTimeout(500);
      assert.equal(await page.locator('#stay[open]').count(), 0);
    }
    await page.waitForSelector('#sign-in', { timeout: 120_000 });
    assert.match(await page.innerText('#notice'), /You were away|your sign-in ended/);
    await look(page, 'E-02 in an app');
    await page.goBack({ waitUntil: 'commit' });
    assert.equal(await page.locator('#who').count(), 0);
    await page.goto(`${house.issuer}/account`);
    await page.waitForSelector('input[name=password]');
    assert.match(await page.innerText('[role=status]'), /You were away/);
  }));

  test('E-01, E-02 without JavaScript: the page says it, and any page puts it off', () => brief(14, 6, { javaScriptEnabled: false }, async (story) => {
    const { house, page } = story;
    await signIn(story);
    for (let i = 0; i < 3; i++) {
      await page.waitForTimeout(7_000);
      await page.reload();
      assert.equal(await page.locator('#who').count(), 1);
    }
    await page.goto(`${house.issuer}/account`);
    assert.match(await page.innerText('main'), /If you do nothing here, we will sign you out on/);
    await page.waitForTimeout(15_000);
    await page.goto(`${house.portal}/records/`);
    assert.match(await page.innerText('#notice'), /You were away|your sign-in ended/);
    await page.goto(`${house.issuer}/account/devices`);
    await page.waitForSelector('input[name=password]');
    assert.match(await page.innerText('[role=status]'), /You were away/);
    await page.goBack({ waitUntil: 'commit' });
    assert.equal(await page.locator('#who').count(), 0);
  }));
});
