// Pictures of every state of the gallery at phone and desktop width: node shots.mjs DIR [ID ...]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser, startHouse } from './house.mjs';

const [dir, ...ids] = process.argv.slice(2);
if (!dir) throw new Error('usage: node shots.mjs DIR [ID ...]');
mkdirSync(dir, { recursive: true });
const [house, browser] = await Promise.all([startHouse(), startBrowser()]);
const page = await browser.newPage();
await page.route('**/*', (route) => (route.request().url().startsWith(house.issuer) ? route.continue() : route.abort()));
await page.goto(`${house.issuer}/dev/gallery`);
const states = await page.$$eval('a[href*="/dev/gallery/"]', (links) => [...new Set(links.map((a) => a.href))]);
for (const address of states.filter((a) => /lang=en/.test(a))) {
  const [, id, variant] = address.match(/gallery\/([^/]+)\/([^?]+)/);
  if (ids.length && !ids.includes(id)) continue;
  for (const width of [375, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(address, { waitUntil: 'commit' });
    await page.waitForSelector('h1', { timeout: 2000 }).catch(() => {});
    await page.screenshot({ path: join(dir, `${id}-${variant}-${width}.png`), fullPage: true }).catch(() => {});
  }
}
await browser.close();
await house.stop();
