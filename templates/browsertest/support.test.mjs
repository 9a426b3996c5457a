// The staff console in a real browser: every state of its gallery, and the story of an agent who lets a locked-out patient back in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { authenticator, startBrowser, startHouse, watch, press } from './house.mjs';
import { check, look, shoot } from './look.mjs';
import { sweep } from './sweep.mjs';

describe('the staff console', { timeout: 600_000 }, () => {
  let browser, house;
  before(async () => { [browser, house] = await Promise.all([startBrowser(), startHouse('--insecure-hashing', '--support-listen', 'localhost:0')]); });
  after(async () => { await browser?.close(); await house?.stop(); });

  // at is somebody at the console, with a passkey made by their one-time link, signed in.
  async function at(name) {
    const context = await browser.newContext({ locale: 'en-US' });
    const page = await context.newPage();
    const faults = watch(page);
    await authenticator(page);
    await page.goto(house.staff.find((s) => s.name === name).enroll);
    assert.ok(!page.url().includes('#'), 'the token stays in the address');
    await press(page, 'form[action="/enroll"] button');
    await look(page, 'console enroll');
    await press(page, '[data-passkey-button]');
    await page.getByText('Your passkey is saved').waitFor();
    await press(page, '[data-passkey-button]');
    return { context, page, faults };
  }

  test('every state of its gallery, in both languages', async () => {
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    await page.goto(`${house.support}/dev/gallery`);
    const states = await page.$$eval('a[href*="/dev/gallery/"]', (links) => [...new Set(links.map((a) => a.href))]);
    assert.ok(states.length >= 48, `${states.length} states`);
    const found = [];
    for (const address of states) {
      found.push(...(await sweep(page, address, /lang=en/.test(address))).map((f) => `${address}: ${f}`));
      if (process.env.SHOTS && /lang=en/.test(address)) {
        const [, id, variant] = address.match(/gallery\/([^/]+)\/([^?]+)/);
        await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
        await shoot(page, `${id}-${variant}`, process.env.SHOTS);
      }
    }
    assert.deepEqual(found, []);
    await page.close();
  });

  test('an agent unlocks a patient with the keyboard alone, and the patient signs in', async () => {
    const patient = house.account('ana');
    const visitor = await (await browser.newContext({ locale: 'en-US' })).newPage();
    for (let i = 0; i < 10; i += 1) {
      await visitor.goto(`${house.portal}/records/`);
      await visitor.click('#sign-in');
      await visitor.fill('input[name=username]', patient.username);
      await visitor.fill('input[name=password]', `wrong ${i}`);
      await press(visitor, 'form[action$="/password"] button[type=submit]');
    }
    const { context, page, faults } = await at('Fay');
    const typed = async (selector, text) => { await page.focus(selector); await page.keyboard.type(text); };
    const chosen = async (selector) => { await page.focus(selector); await page.keyboard.press('Space'); };
    const enter = async () => {
      const arrived = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
      await page.keyboard.press('Enter');
      await arrived;
      await page.waitForLoadState();
    };
    await look(page, 'console contact');
    await chosen('input[name=channel][value=call]');
    await chosen('input[name=caller][value=patient]');
    await page.selectOption('select[name=purpose]', 'locked-self');
    await typed('#ticket', 'HD-1');
    await enter();
    await look(page, 'console find');
    await chosen('input[name=by][value=username]');
    await typed('#value', patient.username);
    await typed('#birth', '3/9/1984');
    await enter();
    await look(page, 'console hits');
    await page.focus('form[action="/case/pick"] button');
    await enter();
    await look(page, 'console nothing proven');
    for (const [fact, said] of [['name', 'Ana Reyes'], ['email', patient.email]]) {
      await chosen(`input[name=fact][value=${fact}]`);
      await typed('#said', said);
      await enter();
    }
    await look(page, 'console two facts');
    await page.goto(`${house.support}/case/act/unlock`);
    await look(page, 'console unlock');
    await page.focus('form[action="/case/act/unlock"] button');
    await enter();
    await page.getByText('The patient gets the letter now').waitFor();
    await page.goto(`${house.support}/case/script`);
    await look(page, 'console script');
    assert.deepEqual(await check(page), []);
    assert.deepEqual(faults, []);
    await context.close();
    await visitor.goto(`${house.portal}/records/`);
    await visitor.click('#sign-in');
    await visitor.fill('input[name=username]', patient.username);
    await visitor.fill('input[name=password]', patient.password);
    await press(visitor, 'form[action$="/password"] button[type=submit]');
    assert.ok(!(await visitor.locator('#current-password').count()), 'the patient is still locked out');
  });
});
