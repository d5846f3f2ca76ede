import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { SCENARIOS } from '../../../local/scenarios/index.ts';
import { requireProgram } from '../harness/absent.ts';
import type { Checks } from '../harness/checks.ts';
import { answers, freePort } from '../harness/processes.ts';
import { ROOT } from '../harness/synthesis.ts';
import type { Workbench } from '../harness/workbench.ts';

/** The console of `npm start` in a real Chromium. */
export async function checkConsole(bench: Workbench, checks: Checks): Promise<void> {
  const executablePath = requireProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
  const pictures = join(bench.folder, 'console');
  mkdirSync(pictures);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = [process.execPath, join(ROOT, 'local', 'start.ts'), '--port', String(port), '--grace', '3'];
  await bench.processes.start('console', start, answers(url), { cwd: ROOT });

  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const watched = await openPage(browser, url);
    const { page } = watched;
    const shoot = (name: string, from: Page = page) => from.screenshot({ path: join(pictures, `${name}.png`) });
    await checkPage(page, checks);
    await checks.check('dark and light are two pictures, by the switch', async () => {
      const light = await shoot('light');
      await page.emulateMedia({ colorScheme: 'dark' });
      const dark = await shoot('dark');
      assert.ok(!light.equals(dark));
      await page.getByRole('button', { name: /^Colours: system/ }).click();
      await page.getByRole('button', { name: /^Colours: light/ }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
    });
    const phone = await openPage(browser, url, { width: 390, height: 844 });
    await checks.check('a phone shows it without scrolling sideways', async () => {
      await phone.page.locator('.journey-row').first().click();
      await phone.page.getByRole('article').waitFor();
      const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await shoot('phone', phone.page);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
    });
    await checks.check('nothing but the console was asked for anything', () => {
      const foreign = [...watched.requests, ...phone.requests].filter(
        (asked) => new URL(asked).host !== `127.0.0.1:${port}`,
      );
      assert.deepEqual(
        foreign.filter((asked) => !asked.startsWith('data:')),
        [],
      );
    });
    await checks.check('no error in the browser', () => assert.deepEqual([...watched.problems, ...phone.problems], []));
    checks.note(`pictures in ${pictures}`);
  } finally {
    await browser.close();
  }
}

interface Watched {
  readonly page: Page;
  readonly requests: string[];
  readonly problems: string[];
}

async function openPage(browser: Browser, url: string, viewport = { width: 1440, height: 900 }): Promise<Watched> {
  const page = await browser.newPage({ viewport, colorScheme: 'light' });
  page.setDefaultTimeout(20_000);
  const [requests, problems]: [string[], string[]] = [[], []];
  page.on('request', (request) => void requests.push(request.url()));
  page.on('pageerror', (error) => void problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  await page.goto(url);
  await page.getByRole('status').getByText('Live').waitFor();
  return { page, requests, problems };
}

async function checkPage(page: Page, checks: Checks): Promise<void> {
  const rows = page.locator('.journey-row');
  await checks.check('every scenario can be pushed, and its images are listed', async () => {
    const titles = await page.locator('.scenario').allInnerTexts();
    assert.deepEqual(
      titles.map((title) => title.trim()),
      SCENARIOS.map(({ title }) => title),
    );
    await rows.nth(SCENARIOS.length - 2).waitFor();
  });
  await checks.check('an image opens with its evidence tree', async () => {
    await page.locator('.journey-row', { hasText: 'verified' }).first().click();
    const detail = page.getByRole('article');
    await detail.locator('.tree .policy-line').first().waitFor();
    assert.ok((await detail.locator('.checks li').count()) > 3);
  });
  await checks.check('a role opens with its drift and its plan, and a revert is undone by a click', async () => {
    await page.locator('.journey-row', { hasText: 'role/deployer' }).first().click();
    await page.getByRole('tab', { name: /^Plan/ }).click();
    const plan = page.getByRole('region', { name: /^Plan/ });
    await plan.getByText('detach').waitFor();
    await plan.getByRole('button', { name: 'Countersign undo' }).click();
    await plan.getByText('undone').first().waitFor();
    await page.getByRole('tab', { name: /^Drift/ }).click();
    await page.getByText('Ways to more rights that it adds').waitFor();
  });
  await checks.check('a finding opens as Security Hub shows it', async () => {
    await page.locator('.journey-row', { hasText: 'invalid' }).first().click();
    await page.getByRole('tab', { name: /^Finding/ }).click();
    const finding = page.getByRole('region', { name: 'Finding' });
    await finding.waitFor();
    await finding.locator('.raw-title').click();
    const record: unknown = JSON.parse(await finding.locator('.raw pre').innerText());
    assert.ok(typeof record === 'object' && record !== null && 'GeneratorId' in record);
  });
  await checks.check('the keyboard alone pushes an image, walks the list and the tabs', async () => {
    const before = await rows.count();
    await page.locator('.scenario').first().focus();
    await page.keyboard.press('ArrowDown');
    assert.equal((await focusedText(page)).trim(), SCENARIOS[1]?.title);
    await page.keyboard.press('Enter');
    await rows.nth(before).waitFor();
    await page.locator('.journey-row[aria-current="true"]').focus();
    const first = await focusedText(page);
    await page.keyboard.press('ArrowDown');
    assert.notEqual(await focusedText(page), first);
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { selected: true }).focus();
    await page.keyboard.press('ArrowRight');
    assert.match(await focusedText(page), /^Finding/);
    assert.equal(await page.getByRole('tab', { name: /^Finding/ }).getAttribute('aria-selected'), 'true');
  });
}

const focusedText = (page: Page) =>
  page.evaluate(() => (document.activeElement instanceof HTMLElement ? document.activeElement.innerText : ''));
