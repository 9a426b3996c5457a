// What every state of the gallery must stand in every language. One visit looks at it in every way there is: some 460 states in
// seven languages are more than 3,000 visits, so nothing is loaded twice.
import { inject, run } from './look.mjs';

const colours = ['color-contrast', 'link-in-text-block'];
const modes = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  forced: { colorScheme: 'dark', forcedColors: 'active' },
};

// sweep visits a page and answers the faults that it found there. Colours and the keyboard are the same for all languages that
// run in one direction, so they are looked at in one language of each: wanted says whether this is it, and judged whether axe looks.
export async function sweep(page, address, wanted, judged = true) {
  const faults = [];
  const note = (kind, found) => faults.push(...found.map((f) => `${kind}: ${f}`));
  await page.setViewportSize(phone);
  await page.goto(address, { waitUntil: 'load' }); // with its styles
  const narrow = await page.evaluate(narrowly);
  note('sideways at 320 pixels', narrow.over);
  note('too small for a thumb', narrow.small);
  note('sideways with wide spacing', narrow.spaced);
  if (judged) {
    await inject(page);
    note('axe', await run(page, { rules: Object.fromEntries(colours.map((rule) => [rule, { enabled: false }])) }));
  }
  if (wanted) {
    for (const [mode, media] of Object.entries(modes)) {
      await page.emulateMedia(media);
      note(`axe in ${mode}`, await run(page, { runOnly: colours }));
    }
    await page.emulateMedia({ colorScheme: null, forcedColors: null });
    note('keyboard', await walkByKeyboard(page));
  }
  await page.setViewportSize({ width: 640, height: 640 });
  note('sideways with text twice as large', await page.evaluate(enlarged));
  return faults;
}

const phone = { width: 320, height: 640 };

// narrowly looks at a page as it is, and then with wide spacing. It runs in the page, and so do the others: what is asked at once costs
// one trip. A rule is added to our own style sheet: a policy that lets in no other leaves no other way.
function narrowly() {
  const sheet = document.styleSheets[0], root = document.documentElement;
  const over = () => (root.scrollWidth > root.clientWidth ? [`${root.scrollWidth - root.clientWidth} pixels`] : []);
  const thumbs = 'main button, main .button, main summary, main .card-acts a, main .row-button, main .row-link';
  const found = {
    over: over(),
    small: [...document.querySelectorAll(thumbs)].filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.9).map((e) => e.textContent.trim()),
  };
  const at = sheet.insertRule('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }', sheet.cssRules.length);
  found.spaced = over();
  sheet.deleteRule(at);
  return found;
}

function enlarged() {
  const sheet = document.styleSheets[0], root = document.documentElement;
  sheet.insertRule('html { font-size: 225% !important }', sheet.cssRules.length); // ours is 112.5%
  return root.scrollWidth > root.clientWidth ? [`${root.scrollWidth - root.clientWidth} pixels`] : [];
}

// walkByKeyboard presses Tab from the top of the page to its end: the link that skips to the main part comes first and works;
// everything that can be used is reached, in the order of the page, is seen while it has the focus, and lets it go again.
async function walkByKeyboard(page) {
  const faults = [];
  const inDialog = await page.evaluate(() => { // start from the top, also where a summary of faults took the focus
    window.swept = { before: null, met: new Set() };
    if (document.querySelector('dialog:modal')) return true; // one that is open has the focus already
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    return false;
  });
  if (inDialog) faults.push(...(await page.evaluate(step)).faults);
  const most = await page.evaluate(() => document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]').length);
  for (let i = 0; i <= most + 1; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(step);
    if (at.end) break;
    faults.push(...at.faults);
    if (i > most) faults.push('no end');
  }
  faults.push(...(await page.evaluate(missed)));
  return faults.concat(await skips(page));
}

// step looks at what has the focus now. It runs in the page.
function step() {
  const e = document.activeElement, swept = window.swept, faults = [];
  if (!e || e === document.body || swept.met.has(e)) return { end: true, faults };
  const name = (e.id ? `#${e.id}` : e.className || e.tagName.toLowerCase()) + ` “${(e.textContent || e.value || '').trim().slice(0, 30)}”`;
  if (!swept.before && !e.matches('.skip') && !document.querySelector('dialog:modal, link[href*="/paper."]')) faults.push(`${name} comes before the link that skips`);
  if (swept.before && !(swept.before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) faults.push(`${name} is out of order`);
  swept.met.add(e);
  swept.before = e;
  const style = getComputedStyle(e);
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push(`${name} does not show that it has the focus`);
  const box = [...e.getClientRects()].find((r) => r.width >= 1); // the first line of a link may hold nothing of it
  if (!box || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return { faults: [...faults, `${name} has the focus out of sight`] };
  const on = document.elementFromPoint(Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)), Math.min(innerHeight - 1, Math.max(0, box.top + box.height / 2)));
  if (on && on !== e && !e.contains(on) && !on.contains(e) && ![...(e.labels || [])].some((l) => l === on || l.contains(on))) faults.push(`${name} is behind something else`);
  return { faults };
}

// missed is what can be used and was not reached. It runs in the page.
function missed() {
  const usable = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter((e) => {
    if (e.disabled || e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true })) return false;
    if (e.type !== 'radio') return true;
    const group = [...e.form.elements[e.name] instanceof RadioNodeList ? e.form.elements[e.name] : [e]];
    return group.some((r) => r.checked) ? e.checked : e === group[0]; // arrows lead to the others
  });
  const beyond = document.querySelector('dialog:modal'); // what is behind an open dialog cannot be used
  return usable.filter((e) => !window.swept.met.has(e) && (!beyond || beyond.contains(e))).map((e) => `“${(e.textContent || e.name).trim().slice(0, 30)}” is not reached`);
}

// skips follows the link to the main part; a letter on paper has none.
async function skips(page) {
  if (await page.evaluate(() => !!document.querySelector('dialog:modal, link[href*="/paper."]'))) return [];
  await page.focus('.skip');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash === '#main');
  return (await page.evaluate(() => document.activeElement.id)) === 'main' ? [] : ['the link that skips leads elsewhere'];
}
