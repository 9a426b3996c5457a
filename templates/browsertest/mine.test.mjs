// What a patient does with all that is hers, from the first look to the pause, told once in English and once in Arabic: by what the
// pages are made of, and not by their words.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { answer, enter, press, signOut, startBrowser, tell, watch } from './house.mjs';

describe('all that is mine', { concurrency: 2 }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  for (const [lang, dir] of [['en', 'ltr'], ['ar', 'rtl']]) {
    // speaks wants a page in her language; of words that no letter of it is in, there are none in its heading.
    const speaks = async (page) => {
      assert.deepEqual([await page.getAttribute('html', 'lang'), await page.getAttribute('html', 'dir')], [lang, dir], page.url());
      assert.match(await page.textContent('h1'), lang === 'ar' ? /\p{Script=Arabic}/u : /[a-z]/, page.url());
    };

    // device is one more browser, which Ana, or somebody who knows her password, is signed in with.
    const device = async (t, house, userAgent) => {
      const context = await browser.newContext({ userAgent, locale: 'en-US' });
      t.after(() => context.close());
      const page = await context.newPage();
      const faults = watch(page);
      await page.goto(`${house.issuer}/language?to=${lang}&back=/`);
      await page.goto(`${house.portal}/records/`);
      await page.click('#sign-in');
      await enter(page, house, house.account('ana'));
      await page.waitForURL(`${house.portal}/records/`);
      return { page, faults };
    };

    test(`Ana looks after her account (${lang})`, (t) => tell(browser, { locale: lang }, async ({ house, page, open }) => {
      const ana = house.account('ana');
      const at = (place) => page.goto(`${house.issuer}/account${place}`);
      await page.goto(`${house.issuer}/language?to=${lang}&back=/`);

      // In the library: she looks at her contacts, signs out, and Back shows whoever comes next nothing.
      const library = await device(t, house, 'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36');
      await library.page.goto(`${house.issuer}/account/contacts`);
      await speaks(library.page);
      assert.match(await library.page.innerText('main'), /a•••@example\.com/);
      await signOut(library.page, house);
      for (let i = 0; i < 3; i++) {
        await library.page.goBack({ waitUntil: 'commit' });
        await library.page.waitForLoadState();
        assert.doesNotMatch(await library.page.innerText('body'), /a•••@example\.com|Ana Reyes/, library.page.url());
      }
      await library.page.goto(`${house.issuer}/account/contacts`);
      await library.page.waitForSelector('input[name=password]');

      // At home: a third-party app is let in, and let go.
      const phone = await device(t, house, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1');
      await open('tracker');
      await enter(page, house, ana);
      await press(page, 'button[value=allow]');
      await page.waitForURL(`${house.portal}/tracker/`);
      await at('/apps');
      await speaks(page);
      await press(page, 'a[href*="tracker"][href$="/stop"]');
      await speaks(page);
      await press(page, 'form[action$="/stop"] button');
      await page.waitForSelector('[role=status]');
      await speaks(page);
      assert.equal(await page.locator('a[href*="tracker"][href$="/stop"]').count(), 0);

      // Her devices: the phone is ended, and is out.
      await at('/devices');
      await speaks(page);
      assert.match(await page.innerText('main'), /iPhone/);
      await press(page, 'form[action="/account/devices/end"] button');
      await page.waitForSelector('[role=status]');
      assert.doesNotMatch(await page.innerText('main'), /iPhone/);
      await phone.page.goto(`${house.issuer}/account`);
      await phone.page.waitForSelector('input[name=password]');

      // Her email: the new address confirms it, the old one is told.
      await at('/contacts');
      await press(page, '[aria-labelledby=group-email] a[href$="/change"]');
      await speaks(page);
      await page.fill('#email', 'ana.reyes@example.net');
      await press(page, 'form[action$="/address"] button[type=submit]');
      const proof = await house.message((m) => m.to === 'ana.reyes@example.net' && /\b\d{6}\b/.test(m.text));
      await answer(page, /\b\d{6}\b/.exec(proof.text)[0]);
      await page.waitForSelector('[role=status]');
      await speaks(page);
      assert.match(await page.innerText('main'), /a•••@example\.net/);
      await house.message((m) => m.to === ana.email && /a•••@example\.net/.test(m.text));

      // Her data.
      await at('/data');
      await speaks(page);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('form[action="/account/data/file"] button')]);
      const held = JSON.parse(readFileSync(await file.path(), 'utf8'));
      assert.ok(held.identifiers.some((i) => i.value === 'ana.reyes@example.net'));
      assert.ok(!JSON.stringify(held).includes(ana.password));

      // A sign-in that was not hers: she finds it, pauses the account, and it is over for whoever it was.
      const stranger = await device(t, house, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0');
      await at('/devices');
      assert.match(await page.innerText('main'), /Firefox/);
      await at('/activity');
      await speaks(page);
      await press(page, 'a.screen[href="/account/not-me"]');
      await speaks(page);
      await press(page, 'form[action="/account/not-me"] button');
      await speaks(page);
      await stranger.page.goto(`${house.issuer}/account/devices`);
      await stranger.page.waitForSelector('input[name=password]');
      await at('/devices');
      await page.waitForSelector('input[name=password]');
      assert.deepEqual([...library.faults, ...phone.faults, ...stranger.faults], []);
    }));
  }
});
