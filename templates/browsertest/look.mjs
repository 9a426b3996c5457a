// What is asked of every page that is shown: nothing that axe finds fault with, in light, dark and forced colours, and a
// picture of it at phone and desktop width, kept in shots/ for people to look at.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const axe = readFileSync(createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'), 'utf8');
const shots = join(dirname(fileURLToPath(import.meta.url)), 'shots');

const modes = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  forced: { colorScheme: 'dark', forcedColors: 'active' },
};

export const inject = (page) => page.evaluate(axe);

// check answers what axe finds in the page that is open. Only colours differ between the modes: the first one has all rules.
export async function check(page) {
  const faults = [];
  await page.evaluate(axe);
  for (const [mode, media] of Object.entries(modes)) {
    await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
    faults.push(...(await run(page, mode === 'light' ? {} : { runOnly: colours })).map((f) => `${mode} ${f}`));
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null });
  return faults;
}

const colours = ['color-contrast', 'link-in-text-block'];

// run answers what axe finds; inject brings it into the page first.
export const run = (page, options) => page.evaluate(async (o) => {
  const { violations } = await window.axe.run(document, { resultTypes: ['violations'], ...o });
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}, options);

// shoot takes the pictures NAME-375.jpeg and NAME-1280.jpeg in a folder below shots/, or in another folder.
export async function shoot(page, name, folder = '.') {
  const dir = resolve(shots, folder);
  mkdirSync(dir, { recursive: true });
  const before = page.viewportSize();
  for (const width of [375, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: join(dir, `${name}-${width}.jpeg`), quality: 80, fullPage: true, animations: 'disabled' });
  }
  await page.setViewportSize(before);
}

const seen = new Set();

// look does both to the page that a story has come to: once for each name, however many stories pass by.
export async function look(page, name) {
  if (seen.has(name)) return;
  seen.add(name);
  assert.deepEqual(await check(page), [], name);
  await shoot(page, name.replaceAll(' ', '-'), 'ways');
}
