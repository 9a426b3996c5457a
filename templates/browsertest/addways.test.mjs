// Every way added: on the first sign-in, in the account, and where an application wants more. Then named, removed, and kept.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, asked, authenticator, choose, enter, press, second, signIn, signOut, startBrowser, tell, tick } from './house.mjs';
import { look } from './look.mjs';

describe('adding ways to sign in', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  const visit = (options, story) => () => tell(browser, options, story);
  const acr = (page) => page.getAttribute('#acr', 'data-acr').then((uri) => uri.split(':').pop());
  const said = (page, words) => page.waitForSelector(`main [role=status]:has-text("${words}")`);
  const make = (page) => page.click('[data-passkey-button]');
  const card = (page, words) => page.locator('.card', { hasText: words });

  // add presses what the list of ways has for a kind.
  const add = async (page, house, kind) => {
    await page.goto(`${house.issuer}/account/ways`);
    await press(page, `button[name=add][value=${kind}]`);
  };

  // bind goes through the pages of a kind, from the first one to its end.
  const bind = {
    text: async (page, house, looked) => {
      await page.waitForSelector('#phone');
      await looked(page, 'Y-06 phone');
      await page.fill('#phone', '(617) 555-0142');
      await page.click('form[action$="/address"] button');
      await page.waitForSelector('#code');
      await looked(page, 'Y-06 phone code');
      await answer(page, await house.code('text'));
    },
    voice: async (page, house, looked) => {
      await page.waitForSelector('#phone');
      await page.fill('#phone', '617 555 0142');
      await tick(page, page.locator('#voice'));
      await page.click('form[action$="/address"] button');
      await page.waitForSelector('#code');
      await looked(page, 'Y-06 call code');
      await answer(page, /\d{6}/.exec((await house.message((m) => m.channel === 'voice')).text.replace(/\D/g, ''))[0]);
    },
    email: async (page, house, looked) => {
      await page.waitForSelector('#email');
      await looked(page, 'Y-06 email');
      await page.fill('#email', 'new.address@example.org');
      await page.click('form[action$="/address"] button');
      await page.waitForSelector('#code');
      await looked(page, 'Y-06 email code');
      await answer(page, await house.code('email'));
    },
    totp: async (page, house, looked) => {
      await page.waitForSelector('.key', { state: 'attached' });
      await looked(page, 'Y-05 app');
      const key = await page.textContent('.key code');
      await page.fill('#code', '12345');
      await press(page, 'form:has(#code) button[type=submit]');
      await looked(page, 'Y-05 app wrong');
      assert.equal(await page.textContent('.key code'), key, 'the picture stays the same');
      await page.fill('#name', 'My phone');
      await answer(page, house.app(key));
      return { totp_secret: key };
    },
    recovery: async (page, house, looked) => {
      await page.waitForSelector('#codes');
      await looked(page, 'Y-07 sheet');
      const codes = await page.$$eval('#codes code', (all) => all.map((c) => c.textContent));
      assert.equal(new Set(codes).size, 10);
      await page.click('form[action$="/recovery"] button');
      return { recovery_codes: codes };
    },
  };

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? '' : ' (JavaScript off)';
    const looked = javaScriptEnabled ? look : async () => {};

    for (const [kind, level] of [['text', 'aal2'], ['voice', 'aal2'], ['email', 'two-step'], ['totp', 'aal2']]) {
      test(`A-13 Nadia adds a second step when she first signs in: ${kind}${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
        const nadia = house.account('nadia');
        await open('records');
        await signIn(page, nadia.username, nadia.password);
        await page.waitForSelector('h1:text-is("Add a second step")');
        await looked(page, 'A-13 enrol');
        assert.equal(await page.locator('input[name=way][value=recovery]').count(), 0, 'codes on paper are no first way');
        await choose(page, kind === 'voice' ? 'text' : kind);
        const got = await bind[kind](page, house, looked);
        await page.waitForURL(`${house.portal}/records/`);
        assert.equal(await acr(page), level);

        await signOut(page, house); // and it is asked for from now on
        await open('records');
        await signIn(page, nadia.username, nadia.password);
        await page.waitForSelector('#code');
        assert.equal(await asked(page), kind === 'voice' ? 'text' : kind);
        if (kind === 'totp') await answer(page, house.app(got.totp_secret));
        else if (kind === 'voice') await answer(page, /\d{6}/.exec((await house.message((m) => m.channel === 'voice')).text.replace(/\D/g, ''))[0]);
        else await answer(page, await house.code(kind));
        await page.waitForURL(`${house.portal}/records/`);
      }));
    }

    test(`Y-06 what cannot be a phone or an address is said beside the field${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const nadia = house.account('nadia');
      await open('records');
      await signIn(page, nadia.username, nadia.password);
      await choose(page, 'text');
      for (const [typed, words] of [['', 'Enter your phone number'], ['617 555', 'Enter a full phone number'], ['+1 900 555 0123', 'this kind of number'], ['+44 7700 900123', 'in that country']]) {
        await page.fill('#phone', typed);
        await press(page, 'form[action$="/address"] button');
        assert.match(await page.innerText('#phone-fault'), new RegExp(words), typed);
        assert.equal(await page.inputValue('#phone'), typed);
      }
      await looked(page, 'Y-06 phone fault');
      await press(page, 'form[action$="/other"] button');
      await choose(page, 'email');
      await page.fill('#email', 'nobody');
      await press(page, 'form[action$="/address"] button');
      await looked(page, 'Y-06 email fault');
      assert.match(await page.innerText('#email-fault'), /Enter a full email address/);
    }));

    test(`Y-05 to Y-07 Ana, Cyrus, Dee and Bruno each add one more${how}`, visit({ javaScriptEnabled }, async ({ house, page, context, open }) => {
      const added = [['ana', 'totp', 'Your app is added'], ['cyrus', 'recovery', 'Your recovery codes are saved'], ['dee', 'text', 'Your phone is added'], ['bruno', 'email', 'Your email is added']];
      for (const [name, kind, word] of added) {
        const person = house.account(name);
        await context.clearCookies();
        await page.goto(`${house.issuer}/language?to=en&back=/`); // Bruno's is Spanish
        await open('records');
        await enter(page, house, person, { ana: 'text', cyrus: 'totp', dee: 'recovery' }[name]);
        if (name === 'dee') await page.click('main > .buttons a.button');
        await page.waitForURL(`${house.portal}/records/`);
        await add(page, house, kind);
        const got = await bind[kind](page, house, looked);
        await said(page, word);
        await looked(page, `Y-02 added ${kind}`);
        await house.message((m) => m.to === person.email && !/\b\d{6}\b/.test(m.text)); // a notice to the address that was there

        await signOut(page, house);
        await open('records');
        await signIn(page, person.username, person.password);
        await second(page, house, { ...person, ...got }, kind);
        if (kind === 'recovery') await page.click('main > .buttons a.button');
        await page.waitForURL(`${house.portal}/records/`);
      }
    }));

    test(`Y-02, K-08 a way gets a name, and goes${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('records');
      await enter(page, house, ana, 'text');
      await page.waitForURL(`${house.portal}/records/`);
      await add(page, house, 'totp');
      await bind.totp(page, house, async () => {});
      await said(page, 'Your app is added');
      await press(page, 'a[aria-label="Rename: My phone"]');
      await looked(page, 'Y-02 rename');
      await page.fill('#name', '');
      await press(page, 'form button[type=submit]');
      await looked(page, 'Y-02 rename empty');
      await page.fill('#name', 'The red phone');
      await press(page, 'form button[type=submit]');
      await said(page, 'The new name is saved');
      assert.equal(await card(page, 'The red phone').count(), 1);

      await press(page, 'a[aria-label="Remove: The red phone"]');
      await looked(page, 'K-08 remove');
      await press(page, 'a:text-is("Keep it")');
      await press(page, 'a[aria-label="Remove: The red phone"]');
      await press(page, 'form button.grave');
      await said(page, 'The app is removed');
      assert.equal(await card(page, 'The red phone').count(), 0);
    }));

    test(`K-08 the last way cannot be removed, from two tabs neither${how}`, visit({ javaScriptEnabled }, async ({ house, page, context, open }) => {
      const ana = house.account('ana');
      await open('records');
      await enter(page, house, ana, 'text');
      await page.waitForURL(`${house.portal}/records/`);
      await page.goto(`${house.issuer}/account/ways`);
      const other = await context.newPage();
      await other.goto(page.url());
      await press(page, 'a[aria-label="Remove: •••01"]');
      await press(other, 'a[aria-label^="Remove: a•••@"]');
      await press(other, 'form button.grave');
      await said(other, 'The email is removed');
      await press(page, 'form button.grave');
      await page.waitForSelector('[role=group]');
      await looked(page, 'K-08 last');
      assert.match(await page.innerText('main'), /Add another way first/);
      await press(page, 'main a.button');
      assert.equal(await page.locator('a[aria-label^="Remove"]').count(), 0);
      assert.match(await page.innerText('main'), /This one must stay/);
      await looked(page, 'Y-02 one way');
    }));

    test(`RFC 9470 booking an appointment asks for the stronger way that there is${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      await open('scheduling');
      await enter(page, house, ana, 'email');
      await page.waitForURL(`${house.portal}/scheduling/`);
      assert.equal(await acr(page), 'two-step');
      await page.click('#act');
      await page.waitForSelector('#code, input[name=way]');
      await looked(page, 'S-13 step up to aal2');
      await second(page, house, ana);
      await page.waitForSelector('#done');
      assert.equal(await acr(page), 'aal2');
      assert.match(await page.innerText('#done'), /booked/);
    }));

    test(`RFC 9470 booking an appointment has somebody with e-mail alone add an app${how}`, visit({ javaScriptEnabled }, async ({ house, page, open }) => {
      const bruno = house.account('bruno');
      await open('scheduling');
      await enter(page, house, bruno);
      await page.waitForURL(`${house.portal}/scheduling/`);
      await page.click('#act');
      await page.waitForSelector('input[name=way]');
      await looked(page, 'A-13 step up to aal2');
      assert.equal(await page.locator('input[name=way][value=email]').count(), 0, 'more e-mail would not do');
      await choose(page, 'totp');
      await bind.totp(page, house, async () => {});
      await page.waitForSelector('#done');
      assert.equal(await acr(page), 'aal2');
    }));
  }

  test('K-01 Nadia makes a passkey when she first signs in', visit({}, async ({ house, page, open }) => {
    const nadia = house.account('nadia');
    const device = await authenticator(page);
    await open('records');
    await signIn(page, nadia.username, nadia.password);
    await choose(page, 'passkey');
    await page.waitForSelector('[data-passkey-button]:visible');
    await look(page, 'K-01 enrol');
    await make(page);
    await page.waitForURL(`${house.portal}/records/`);
    assert.equal(await acr(page), 'phr');
    assert.equal((await device.held()).length, 1);
  }));

  test('RFC 9470 downloading records has somebody without a passkey make one', visit({}, async ({ house, page, open }) => {
    const cyrus = house.account('cyrus');
    await authenticator(page);
    await open('records');
    await enter(page, house, cyrus, 'totp');
    await page.waitForURL(`${house.portal}/records/`);
    await page.click('#act');
    await page.waitForSelector('[data-passkey-button]:visible');
    await look(page, 'K-01 step up to phr');
    await press(page, 'main .buttons a:has-text("Back to Records")'); // who cannot make one is not held up
    assert.equal(await page.getAttribute('#error', 'data-code'), 'access_denied');
    await page.click('#back');
    await page.waitForURL(`${house.portal}/records/`);
    await page.click('#act');
    await page.waitForSelector('[data-passkey-button]:visible');
    await make(page);
    await page.waitForSelector('#done');
    assert.equal(await acr(page), 'phr');

    await page.click('#act'); // and the next time there is nothing to ask
    await page.waitForSelector('#done');
    await page.goto(`${house.portal}/records/login?prompt=login`);
    await page.waitForSelector('[data-passkey-button]:visible');
    await look(page, 'S-13 again with a passkey');
    await make(page);
    await page.waitForURL(`${house.portal}/records/`);
    assert.equal(await acr(page), 'phr');
  }));

  test('K-05, K-08 one passkey for each device; who removes it frees the device of it', visit({}, async ({ house, page, open }) => {
    const dee = house.account('dee');
    const device = await authenticator(page);
    await open('records');
    await enter(page, house, dee, 'email');
    await page.waitForURL(`${house.portal}/records/`);
    await page.goto(`${house.issuer}/account/ways`);
    if (await page.isVisible('#code, input[name=way]')) { // a recovery code is more than the e-mail that she signed in with
      await second(page, house, dee, 'recovery');
    }
    await page.waitForSelector('button[name=add][value=passkey]');
    await press(page, 'button[name=add][value=passkey]');
    await make(page);
    await said(page, 'Your passkey is ready');
    await press(page, 'button[name=add][value=passkey]');
    await make(page);
    await page.waitForSelector('[data-passkey-said=already]:visible');
    await look(page, 'K-05 already');
    await press(page, 'a:text-is("Not now")');
    await press(page, '[aria-labelledby=group-passkey] a[aria-label^=Rename]');
    await page.fill('#name', 'This computer');
    await press(page, 'form button[type=submit]');
    await press(page, 'a[aria-label="Remove: This computer"]');
    await look(page, 'K-08 remove passkey');
    await press(page, 'form button.grave');
    await page.waitForSelector('[role=status]:has-text("The passkey is removed"), [role=group]');
    await look(page, 'K-08 removed passkey');
    while ((await device.held()).length > 0) await page.evaluate(() => new Promise(requestAnimationFrame));
  }));
});
