// The staff console in a real browser: every state of its gallery, and the story of Ana, who is locked out, calls, and is let in; loses
// everything, and is let in again by two people of the house; and reads what they did, as the auditor does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { answer, authenticator, binary, press, second, signIn, startBrowser, startHouse, tick, watch } from './house.mjs';
import { check, look, shoot } from './look.mjs';
import { sweep } from './sweep.mjs';

describe('the staff console', { timeout: 600_000 }, () => {
  let browser, house, fay, ana;
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
    const { page, faults } = fay = await at('Fay');
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
    await visitor.goto(`${house.portal}/records/`);
    await visitor.click('#sign-in');
    await visitor.fill('input[name=username]', patient.username);
    await visitor.fill('input[name=password]', patient.password);
    await press(visitor, 'form[action$="/password"] button[type=submit]');
    assert.ok(!(await visitor.locator('#current-password').count()), 'the patient is still locked out');
  });

  test('who has lost everything is let in by two people, and told on every old channel', async () => {
    const patient = house.account('ana');
    const { page } = fay;
    await press(page, 'form[action="/case/end"] button');
    await tick(page, page.locator('input[name=channel][value=desk]'));
    await tick(page, page.locator('input[name=caller][value=patient]'));
    await page.selectOption('select[name=purpose]', 'lost-device');
    await page.fill('#ticket', 'HD-2');
    await press(page, 'form[action="/contact"] button');
    await tick(page, page.locator('input[name=by][value=email]'));
    await page.fill('#value', patient.email);
    await page.fill('#birth', '1984-03-09');
    await press(page, 'form[action="/case/find"] button');
    await press(page, 'form[action="/case/pick"] button');
    await tick(page, page.locator('input[name=fact][value=name]'));
    await page.fill('#said', 'Ana Reyes');
    await press(page, 'form[action="/case/check"] button');
    await page.selectOption('form[action="/case/document"] select', 'passport');
    await page.fill('#last', '41X7');
    await press(page, 'form[action="/case/document"] button');
    await page.goto(`${house.support}/case/act/reset_factors`);
    await press(page, 'form[action="/case/act/reset_factors"] button');
    await page.getByText('A supervisor has been asked').waitFor();
    assert.ok((await house.message((m) => m.to === 'gus@staff.example.com')).text);

    const gus = await at('Gus');
    await gus.page.goto(`${house.support}/approvals`);
    await press(gus.page, 'main a[href^="/approvals/"]');
    await look(gus.page, 'console approval');
    await press(gus.page, '[data-passkey-button]');
    await gus.page.getByText('Approved').waitFor();
    await page.goto(`${house.support}/case`);
    await press(page, 'form[action="/case/act/reset_factors"] button');
    await page.getByText('Done.').waitFor();
    for (const to of [patient.email, patient.phone.replaceAll(" ", "")]) assert.ok(await house.message((m) => m.to === to && /recover/.test(`${m.subject} ${m.text}`)));

    ana = await (await browser.newContext({ locale: 'en-US' })).newPage();
    await ana.goto(`${house.portal}/records/`);
    await ana.click('#sign-in');
    await signIn(ana, patient.username, patient.password);
    await ana.click('a[href$="/lost"]');
    await ana.click('a[href$="/wait"]');
    await press(ana, 'form[action$="/regain"] button');
    await answer(ana, await house.code('email'));
    await second(ana, house, patient);
    await ana.waitForURL(`${house.portal}/records/`);
  });

  test('the auditor takes the story away and judges it, and the patient reads it', async () => {
    await ana.goto(`${house.issuer}/account/activity?kind=staff`);
    const lines = await ana.locator('main li, main tr').allInnerTexts();
    for (const what of [/was opened again/, /opened your account to help/, /asked to get back in/]) {
      assert.ok(lines.some((line) => what.test(line) && /By our staff/.test(line)), `${what} is not among ${lines.join(' | ')}`);
    }
    const gatehouse = (...args) => spawnSync(binary, ['audit', ...args, '--data', house.data], { encoding: 'utf8' });
    const out = gatehouse('export', '--account', 'ana');
    assert.equal(out.status, 0, out.stderr);
    const story = out.stdout.trim().split('\n').map((line) => JSON.parse(line));
    const { summary } = story.pop();
    assert.deepEqual(story.map((e) => e.subject_n), story.map((_, i) => i + 1), 'one of her events is missing');
    assert.equal(summary.gap, '');
    for (const kind of ['case.found', 'lane.unlocked', 'approval.decided', 'recovery.started']) {
      assert.ok(story.some((e) => e.kind === kind && e.actor.startsWith('staff:')), `${kind} is not in her story`);
    }
    assert.ok(!JSON.stringify(story).includes(house.account('ana').email), 'an address is in the trail');
    const verdict = gatehouse('verify');
    assert.equal(verdict.status, 0, verdict.stdout + verdict.stderr);
    assert.match(verdict.stdout, /\d\d+ of them linked/);
  });
});
