// A browser opens reports of runs from files and finds in them, by labels, what a tester looks for: each in two clicks.
//
//   node report.mjs REPORTS FOLDER
//
// REPORTS is what `run --report` left of `first-certificate` and `wrong-user-pin`, in English, with two beside: manual.html, the manual
// by a person in a browser; and replay.html, the
// portal's side of a recording in which a word of a page was changed. Pictures go to FOLDER. The module
// playwright-core is looked for in $MODULES (target/browser). The exit code is 1 when something is not found, the console
// says anything, a page is wider than its screen, or a report asks for anything but itself.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [reports, folder] = process.argv.slice(2);
const [index, well, failed, replay, manual] = ["index", "first-certificate", "wrong-user-pin", "replay", "manual"].map((name) => join(reports, `${name}.html`));
const modules = resolve(process.env.MODULES ?? "target/browser");
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
let troubles = 0;

function expect(what, holds) {
  console.log(`${holds ? "ok " : "not"} ${what}`);
  if (!holds) troubles += 1;
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

async function read(file, name, settings, act) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const address = pathToFileURL(resolve(file)).href;
  const noise = [];
  page.on("console", (message) => noise.push(message.text()));
  page.on("pageerror", (error) => noise.push(error.message));
  page.on("request", (request) => request.url() !== address && !request.url().startsWith("about:") && noise.push(request.url()));
  await page.goto(address);
  await page.screenshot({ path: join(folder, `report-${name}-opened.png`) });
  await act(page);
  await page.screenshot({ path: join(folder, `report-${name}.png`) });
  expect(`${name}: nothing on the console, nothing asked for${noise.map((it) => `; but ${it}`).join("")}`, noise.length === 0);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(`${name}: no wider than its screen`, !wide);
  await context.close();
}

const button = (page, name) => page.getByRole("button", { name });
const heading = async (page, name) => (await page.getByRole("heading", { name }).count()) === 1;

const desk = { width: 1400, height: 950 };
await read(index, "index", { viewport: desk }, async (page) => {
  expect("the verdict over all scenarios", (await page.getByRole("status").textContent()) === "all passed");
  expect("each scenario with its verdict", (await page.getByRole("row", { name: /^passed/ }).count()) === 2);
  const page_of = await page.getByRole("link", { name: "wrong-user-pin" }).getAttribute("href");
  expect("the page of a scenario behind its name", page_of === "wrong-user-pin.html");
  await page.getByLabel("Search").fill("first-certificate");
  expect("one scenario when it is sought", (await page.getByRole("row", { name: /^passed/ }).count()) === 1);
});
await read(replay, "replay", { viewport: desk }, async (page) => {
  await button(page, "First difference").click();
  expect("the first difference of a replay, in one click", await heading(page, "the portal: is not as recorded"));
  expect("the line that was recorded", (await page.locator(".difference .was").first().textContent()).includes("Принята Кем-то"));
  expect("the line that came", (await page.locator(".difference .is").first().textContent()).includes("Принята Оператором"));
});
await read(index, "index-narrow", { viewport: { width: 360, height: 740 }, colorScheme: "dark" }, async () => {});
await read(well, "well", { viewport: desk }, async (page) => {
  await button(page.getByRole("navigation", { name: "Steps of the manual" }), /^1\.9/).click();
  await button(page, /GENERATE ASYMMETRIC KEY PAIR/).click();
  expect("the command that made the key pair, in two clicks", await heading(page, /^GENERATE ASYMMETRIC KEY PAIR: ok/));
  const strip = page.getByRole("group", { name: "The course of time" });
  const marks = await strip.locator("i").count();
  await button(page, "Zoom in on the time").click();
  await strip.press("+");
  const close = await strip.locator("i").count();
  expect("a part of the time looked at closely, the chosen command in it", close < marks && (await strip.locator("i.chosen").count()) === 1);
  await button(page, "Show the whole time").click();
  expect("the whole time again", (await strip.locator("i").count()) === marks);
  expect("how long a step took, beside it", (await button(page.getByRole("navigation", { name: "Steps of the manual" }), /^1\.12.* min/).count()) === 1);
  await page.getByRole("tab", { name: "Phone" }).click();
  const phone = page.getByRole("group", { name: "The applicant's phone" });
  expect("the message that the certificate is ordered, in one click", (await phone.getByText("Ваш сертификат заказан").count()) === 1);
  await page.getByRole("tab", { name: "Token" }).click();
  expect("the token's pair and certificate at the end", (await page.getByText(/^(key pair|certificate): ЕГАИС_722318$/).count()) === 2);
  await page.getByRole("tab", { name: "Certificate" }).click();
  expect("the certificate in words", (await page.getByText("ООО «Тестовая организация»", { exact: true }).count()) > 0);
  const says = async (text) => (await page.getByText(text, { exact: true }).count()) > 0;
  expect("its key and what it is for", (await says("GOST R 34.10-2001")) && (await says("CryptoPro-A")) && (await says("extKeyUsage")));
  await page.getByLabel("Search").fill("/cabinet/work");
  await button(page, /GET \/cabinet\/work: 200/).first().click();
  const shown = page.frameLocator('iframe[title="The page as it looked"]');
  expect("a page of the portal as it looked", (await shown.getByText("УДОСТОВЕРЯЮЩИЙ ЦЕНТР").count()) === 1);
});
// A recording in which a line is missing: an event is known by its number, not by its place.
const holed = join(folder, "holed.html");
writeFileSync(holed, readFileSync(well, "utf8").replace(/\{"n":2,.*?\},(?=\{"n":3,)/, ""));
await read(holed, "holed", { viewport: desk }, async (page) => {
  await button(page, "Key pair made").click();
  expect("the command that made the key pair where a line is missing", await heading(page, /^GENERATE ASYMMETRIC KEY PAIR: ok/));
});
await read(manual, "manual", { viewport: desk }, async (page) => {
  const steps = page.getByRole("navigation", { name: "Steps of the manual" });
  expect("each step of Приложение 1 and of chapters 1 and 2 that a page sees, down the side",
    (await Promise.all(["A3", "A5", "A9", "1.3", "1.10", "2.7", "2.9", "3"].map((it) => steps.getByRole("button", { name: it }).count()))).every((it) => it > 0));
  await button(steps, /^1\.11/).click();
  expect("what the page said in Рис. 9, in one click", await heading(page, /Запрос на сертификат успешно отправлен.*fig\. 9/));
  await page.screenshot({ path: join(folder, "report-manual-fig-09.png") });
  await page.getByLabel("Search").fill("GENERATE ASYMMETRIC KEY PAIR");
  await button(page, /GENERATE ASYMMETRIC KEY PAIR/).first().click();
  expect("the command that made the key pair", await heading(page, /^GENERATE ASYMMETRIC KEY PAIR: ok/));
  await page.getByLabel("Search").fill("");
  await page.getByRole("checkbox", { name: "page" }).uncheck();
  expect("the lane of pages is one that can be put away", (await button(page.getByRole("main"), /presses «Создать запрос»/).count()) === 0);
  await page.getByRole("checkbox", { name: "page" }).check();
});
await read(failed, "failed", { viewport: desk, colorScheme: "dark" }, async (page) => {
  await button(page, "Where it failed").click();
  expect("the step that failed, in one click", await heading(page, /the PIN of the user is wrong, 9 tries left/));
});
await read(well, "narrow", { viewport: { width: 360, height: 740 } }, async (page) => {
  await button(page, "SMS: ordered").click();
  expect("the message on a narrow screen", await page.getByRole("group", { name: "The applicant's phone" }).isVisible());
});
await browser.close();
process.exit(troubles === 0 ? 0 : 1);
