// Every way to sign in, as people go it: with what they hold in their hands, in a house of their own for each story.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, asked, authenticator, choose, enter, press, second, signIn, signOut, startBrowser, tell, tick, withoutAutofill } from './house.mjs';
import { look } from './look.mjs';

describe('ways to sign in', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  const visit = (options, story) => () => tell(browser, options, story);
  const acr = (page) => page.getAttribute('#acr', 'data-acr').then((uri) => uri.split(':').pop());
  const fault = (page) => page.innerText('[role=group]');

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';
    const looked = javaScriptEnabled ? look : async () => {};

    test(`C-01, C-02 Ana signs in with a texted code${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await signIn(page, ana.username, ana.password);
      await page.waitForSelector('input[name=way]');
      await looked(page, 'C-01 of two');
      await choose(page, 'text');
      await page.waitForSelector('#code');
      await looked(page, 'C-02 text');
      const text = await house.message((m) => m.channel === 'text');
      const code = /\d{6}/.exec(text.text)[0];
      assert.equal(text.text.split('\n').pop(), `@localhost #${code}`);
      await answer(page, code);
      await page.waitForURL(`${house.portal}/records/`);
      assert.equal(await acr(page), 'aal2');
      await page.goto(house.inbox);
      assert.match(await page.innerText('main'), new RegExp(code));
      await looked(page, 'DEV inbox');

      await signOut(page, house); // and the next time the house knows how she does it
      await open('records');
      await signIn(page, ana.username, ana.password);
      await page.waitForSelector('#code');
      assert.equal(await asked(page), 'text');
    }));

    test(`C-03 Bruno signs in with a code by e-mail, in Spanish${how}`, visit({ javaScriptEnabled, locale: 'es-US' }, async ({ house, page, open }) => {
      const bruno = house.account('bruno');
      await open('records');
      await signIn(page, bruno.username, bruno.password);
      await page.waitForSelector('#code');
      assert.equal(await page.getAttribute('html', 'lang'), 'es');
      await looked(page, 'C-03 email in Spanish');
      const mail = await house.message((m) => m.channel === 'email');
      assert.match(mail.text, /código/);
      await answer(page, /\b\d{6}\b/.exec(mail.text)[0]);
      await page.waitForURL(`${house.portal}/records/`);
      assert.equal(await acr(page), 'two-step');
    }));

    test(`C-04 Ana has the code read to her by telephone${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await signIn(page, ana.username, ana.password);
      await choose(page, 'text');
      const texted = await house.code('text');
      await press(page, 'form[action$="/call"] button');
      await looked(page, 'C-04 voice');
      const spoken = await house.message((m) => m.channel === 'voice');
      assert.match(spoken.text.replace(/\D/g, ''), new RegExp(texted), 'the same code');
      await answer(page, texted);
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`C-05 Cyrus signs in with his app, whose codes work once${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const cyrus = house.account('cyrus');
      await open('records');
      await signIn(page, cyrus.username, cyrus.password);
      await choose(page, 'totp');
      await page.waitForSelector('#code');
      await looked(page, 'C-05 app');
      const code = house.app(cyrus.totp_secret);
      await answer(page, ` ${code.slice(0, 3)} ${code.slice(3)}`);
      await page.waitForURL(`${house.portal}/records/`);
      assert.equal(await acr(page), 'aal2');
      await signOut(page, house);
      await open('records');
      await signIn(page, cyrus.username, cyrus.password);
      await page.waitForSelector('#code');
      await answer(page, code);
      await page.waitForSelector('[role=group]');
      await looked(page, 'C-07 app');
      await answer(page, house.app(cyrus.totp_secret));
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`C-06 Dee signs in with a recovery code, and hears how many are left${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const dee = house.account('dee');
      await open('records');
      await signIn(page, dee.username, dee.password);
      await choose(page, 'recovery');
      await page.waitForSelector('#code');
      await looked(page, 'C-06 recovery');
      await answer(page, 'not a code at all');
      await page.waitForSelector('[role=group]');
      await looked(page, 'C-07 recovery');
      const code = house.paper(dee);
      await answer(page, code.toLowerCase().replaceAll('-', ' '));
      await page.waitForSelector('h1:text-is("Taking you back")');
      assert.match(await page.innerText('main'), /9 codes left/);
      await looked(page, 'S-90 codes left');
      await page.click('main > .buttons a.button');
      await page.waitForURL(`${house.portal}/records/`);
      assert.equal(await acr(page), 'aal2');
      await page.goto(`${house.issuer}/account/ways`);
      assert.match(await page.innerText('main'), /9 of 10 codes left/);
      await looked(page, 'Y-02 recovery used');
    }));

    test(`C-07, C-08 a wrong code, and the same one sent again${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await signIn(page, ana.username, ana.password);
      await choose(page, 'email');
      const code = await house.code('email');
      const wrong = code === '123456' ? '654321' : '123456';
      await answer(page, '');
      await page.waitForSelector('[role=group]');
      assert.match(await fault(page), /Enter your 6-digit code/);
      await answer(page, wrong);
      await page.waitForSelector('[role=group]:has-text("That code did not work")');
      assert.match(await page.title(), /^Error: /);
      assert.equal(await page.inputValue('#code'), '');
      await looked(page, 'C-07 email');
      for (const left of [3, 2, 1]) {
        await page.fill('#code', wrong);
        await press(page, 'form:has(#code) button[type=submit]');
        assert.equal(/more tr/.test(await page.innerText('main')), left <= 2, 'the last two are told');
      }
      await looked(page, 'C-07 one left');
      await press(page, 'form[action$="/resend"] button');
      assert.match(await page.innerText('main [role=status]'), /the same code again/);
      await looked(page, 'C-08 again');
      assert.equal(await house.code('email'), code);
      if (javaScriptEnabled) {
        await page.goBack(); // to the page of the fault, which is not to be sent again
        assert.equal(await asked(page), 'email');
        await page.goForward();
      }
      await answer(page, code);
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`C-13 without the phone there is another way${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await signIn(page, ana.username, ana.password);
      await choose(page, 'text');
      await page.waitForSelector('#code');
      await press(page, 'form[action$="/other"] button');
      await choose(page, 'text');
      await page.waitForSelector('#code');
      await press(page, 'a[href$="/lost"]');
      await looked(page, 'C-13 lost');
      assert.equal(await page.locator('input[name=way]').count(), 1, 'the phone itself is not offered');
      await page.click('a.button.quiet:not([href$="/wait"]) >> nth=0'); // "I found it"
      await page.waitForSelector('#code');
      await press(page, 'a[href$="/lost"]');
      await choose(page, 'email');
      await second(page, house, ana);
      await page.waitForURL(`${house.portal}/records/`);
    }));

    test(`C-14 a remembered browser asks no code the next time, but for more${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('scheduling');
      await signIn(page, ana.username, ana.password);
      await choose(page, 'text');
      await page.waitForSelector('#code');
      assert.equal(await page.isChecked('#remember'), false);
      await tick(page, page.locator('#remember'));
      await answer(page, await house.code('text'));
      await page.waitForURL(`${house.portal}/scheduling/`);
      await signOut(page, house, 'scheduling');
      await open('scheduling');
      await signIn(page, ana.username, ana.password);
      await page.waitForURL(`${house.portal}/scheduling/`);
      assert.equal(await acr(page), 'two-step', 'worth a code by e-mail, and no factor');
      await page.click('#act');
      await page.waitForSelector('#code, input[name=way]');
      await second(page, house, ana);
      await page.waitForSelector('#done');
      assert.equal(await acr(page), 'aal2');
      await page.goto(`${house.portal}/scheduling/login?prompt=login`);
      await page.waitForSelector('input[name=password]');
    }));

    test(`C-10 too many wrong codes pause codes${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const cyrus = house.account('cyrus');
      await open('records');
      await signIn(page, cyrus.username, cyrus.password);
      await choose(page, 'totp');
      for (let i = 0; i < 11; i++) {
        await page.fill('#code', '12 34');
        await press(page, 'form:has(#code) button[type=submit]');
        if (!(await page.isVisible('#code'))) break;
      }
      assert.equal(await page.isVisible('#code'), false, 'nothing more can be typed');
      await page.waitForSelector('h1:text-is("Codes are paused for now")');
      await looked(page, 'C-10 paused');
      assert.match(await page.innerText('main'), /call us/);
    }));
  }

  test('K-01 to K-03, S-04, S-05 Bruno adds a passkey and needs nothing else from then on', visit({}, async ({ house, page, open, context }) => {
    const bruno = house.account('bruno');
    const device = await authenticator(page);
    await open('records');
    await enter(page, house, bruno);
    await page.waitForURL(`${house.portal}/records/`);
    await page.goto(`${house.issuer}/account`);
    await look(page, 'S-21 home');
    await press(page, 'a[href="/account/ways"]');
    await look(page, 'Y-02 email only');
    await press(page, 'button[name=add][value=passkey]');
    await look(page, 'K-01 offer');
    await device.knows(false);
    await page.click('[data-passkey-button]');
    await page.waitForSelector('[data-passkey-said=cancelled]:visible');
    await look(page, 'K-04 cancelled');
    await device.knows(true);
    await page.click('[data-passkey-button]');
    await page.waitForSelector('[role=status]:has-text("Your passkey is ready")');
    await look(page, 'K-03 ready');
    assert.equal((await device.held()).length, 1);
    await house.message((m) => m.to === bruno.email && /passkey|llave/i.test(m.text));

    await signOut(page, house);
    await open('records'); // the browser offers it in the field, and Bruno picks it
    await page.waitForURL(`${house.portal}/records/`);
    assert.equal(await acr(page), 'phr');

    await signOut(page, house);
    await withoutAutofill(context);
    await open('records');
    await page.waitForSelector('[data-passkey-button]:visible');
    await look(page, 'S-01 with a passkey');
    await device.knows(false);
    await page.click('[data-passkey-button]');
    await page.waitForSelector('[data-passkey-said=cancelled]:visible');
    await look(page, 'S-05 cancelled');
    await device.knows(true);
    await page.click('[data-passkey-button]');
    await page.waitForURL(`${house.portal}/records/`);
    assert.equal(await acr(page), 'phr');

    await signOut(page, house); // or, beside the password, as the second step
    await open('records');
    await signIn(page, bruno.username, bruno.password);
    await page.waitForSelector('[data-passkey-button]:visible, input[name=way]');
    if (await page.isVisible('input[name=way]')) await choose(page, 'passkey');
    await page.waitForSelector('h1:text-is("Use your passkey")');
    await look(page, 'S-13 use passkey');
    await page.click('[data-passkey-button]');
    await page.waitForURL(`${house.portal}/records/`);
    assert.equal(await acr(page), 'phr');
  }));

  test('C-10 a passkey gets in while codes are paused', visit({}, async ({ house, page, open, context }) => {
    const bruno = house.account('bruno');
    await authenticator(page);
    await withoutAutofill(context);
    await open('records');
    await enter(page, house, bruno);
    await page.waitForURL(`${house.portal}/records/`);
    await page.goto(`${house.issuer}/account/add/passkey`);
    await page.click('[data-passkey-button]');
    await page.waitForSelector('[role=status]:has-text("Your passkey is ready")');
    await signOut(page, house);
    await open('records');
    await signIn(page, bruno.username, bruno.password);
    await page.waitForSelector('[data-passkey-button]:visible, input[name=way]');
    if (!(await page.isVisible('input[name=way]'))) await press(page, 'form[action$="/other"] button');
    await choose(page, 'email');
    for (let i = 0; i < 12 && (await page.isVisible('#code')); i++) {
      if (i === 5) await press(page, 'form[action$="/resend"] button');
      await page.fill('#code', '000000');
      await press(page, 'form:has(#code) button[type=submit]');
    }
    await page.waitForSelector('h1:text-is("Codes are paused for now")');
    await look(page, 'C-10 paused with another way');
    assert.equal(await page.locator('form[action$="/resend"]').count(), 0, 'no code is sent that would not be looked at');
    await press(page, 'form[action$="/other"] button');
    await choose(page, 'passkey');
    await page.click('[data-passkey-button]');
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('C-15 two tabs of one sign-in both lead to the app', visit({}, async ({ house, page, context, open }) => {
    const ana = house.account('ana');
    await open('records');
    await signIn(page, ana.username, ana.password);
    await choose(page, 'text');
    await page.waitForSelector('#code');
    const other = await context.newPage();
    await other.goto(page.url());
    const code = await house.code('text');
    await answer(page, code);
    await page.waitForURL(`${house.portal}/records/`);
    await answer(other, code); // goes on to the app, which has been there: it asks anew, and nobody else does
    await other.waitForSelector('#error');
    await other.click('#sign-in');
    await other.waitForURL(`${house.portal}/records/`);
  }));

  test('C-15 two tabs with two apps, each at its code', visit({}, async ({ house, page, context, open }) => {
    const ana = house.account('ana');
    const other = await context.newPage();
    await open('records');
    await open('scheduling', other);
    for (const tab of [page, other]) {
      await signIn(tab, ana.username, ana.password);
      await choose(tab, 'email');
      await tab.waitForSelector('#code');
    }
    const first = await house.code('email');
    await answer(other, await house.code('email'));
    await other.waitForURL(`${house.portal}/scheduling/`);
    await answer(page, first);
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('a code sent twice by a double press signs in once', visit({}, async ({ house, page, open }) => {
    const ana = house.account('ana');
    await open('records');
    await signIn(page, ana.username, ana.password);
    await choose(page, 'text');
    await page.fill('#code', await house.code('text'));
    await page.dblclick('form:has(#code) button[type=submit]');
    await page.waitForURL(`${house.portal}/records/`);
  }));

  test('by keyboard alone, from the choice to the code, and always seen where', visit({}, async ({ house, page, open }) => {
    const ana = house.account('ana');
    const on = () => page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      return { id: e.id || e.className, name: e.name, seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, text: e.innerText };
    });
    const to = async (wanted) => {
      for (let i = 0; i < 30; i++) {
        await page.keyboard.press('Tab');
        const e = await on();
        assert.ok(e.seen, `the focus on ${e.id} is not seen`);
        if (wanted(e)) return;
      }
      assert.fail(`the keyboard does not get there: ${wanted}`);
    };
    await open('records');
    await signIn(page, ana.username, ana.password);
    await page.waitForSelector('input[name=way]');
    await to((e) => e.name === 'way');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#code');
    assert.equal(await asked(page), 'email');
    await to((e) => /Send the code again/.test(e.text));
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=status]:has-text("the same code again")');
    await to((e) => e.id === 'code');
    await page.keyboard.type(await house.code('email'));
    await to((e) => e.name === 'remember');
    await page.keyboard.press('Space');
    assert.ok(await page.isChecked('#remember'));
    await to((e) => /Continue/.test(e.text));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${house.portal}/records/`);
  }));
});
