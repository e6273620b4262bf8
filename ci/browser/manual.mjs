// The whole manual in a browser, by visible labels: Приложение 1 on the panel, then chapters 1 to 3 on the portal's
// own pages, which drive the token through the plugin. No script is put into them, and their policy holds.
//
//   node manual.mjs BRIDGE PORTAL SMS CONTROL FOLDER PINS
//
// BRIDGE is the address of an `enroll bridge` that allows PORTAL's origin; its token holds a pair and a certificate.
// PORTAL, SMS and CONTROL are what `mock-ca serve --clock manual --plugin-bridge BRIDGE` prints. PINS is a scenario's
// file that names the token's PINs. Pictures, `certificate.cer`, `certificate.pem` and the issuers' `chain.pem` go to
// FOLDER. Playwright comes from $MODULES (target/browser). The exit code is 1 when something fails.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [bridge, portal, sms, control, folder, pinsFile] = process.argv.slice(2);
const modules = resolve(process.env.MODULES ?? "target/browser");
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
const [, USER_PIN, ADMINISTRATOR_PIN] = readFileSync(pinsFile, "utf8")
  .match(/pins = \{ user = "(\d+)", administrator = "(\d+)" \}/);

const PHONE = "+7 900 000-00-00";
const NUMBER = "722318";
const ORDERED = "Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303";
const READY = "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов";

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1100, height: 820 }, locale: "ru-RU", acceptDownloads: true });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
const refused = [];
page.on("pageerror", (error) => refused.push(error.message));
page.on("console", (message) => {
  if (message.text().includes("Content Security Policy")) refused.push(message.text());
});

const link = (name) => page.getByRole("link", { name, exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const field = (label) => page.getByLabel(label, { exact: true });
const dialog = (name) => page.getByRole("dialog", { name });
const row = (name) => page.getByRole("row", { name }).getByRole("cell");
const pass = (seconds) => fetch(`${control}/clock/advance`, { method: "POST", body: JSON.stringify({ seconds }) });

function expect(what, holds) {
  if (!holds) throw new Error(`expected: ${what}`);
  console.log(`ok  ${what}`);
}

const picture = (name) => page.screenshot({ path: join(folder, `manual-${name}.png`) });

async function texts() {
  const inbox = await fetch(`${sms}/inbox?phone=79000000000`).then((answer) => answer.json());
  return inbox.map((it) => it.text);
}

/** Steps 1.2 to 1.8, and 2.1 to 2.6 again. */
async function openApplication() {
  await page.goto(portal);
  await link("Личный кабинет").first().click();
  await field("Номер сотового телефона").fill(PHONE);
  await button("Получить код").click();
  await pass(10);
  const codes = (await texts()).map((text) => text.match(/Код подтверждения: (\d+)/)?.[1]).filter(Boolean);
  await field("Код подтверждения").fill(codes.at(-1));
  await button("Войти").click();
  await link("Работа с заявкой").click();
  await page.getByRole("main").getByRole("link", { name: "Личный кабинет" }).click();
  await link(NUMBER).click();
}

/** The dialog for the PIN: once wrong, if the caller wants it, then right. */
async function givePin(name, { mistyped } = {}) {
  const pin = dialog("Введите PIN-код Рутокен ЭЦП");
  await pin.waitFor();
  if (mistyped) {
    await field("PIN-код").fill(mistyped);
    await pin.getByRole("button", { name: "ОК" }).click();
    await page.getByText("Неверный PIN-код. Осталось попыток: 9").waitFor();
    expect("a wrong PIN is told with the tries left", true);
  }
  await field("PIN-код").fill(USER_PIN);
  await picture(name);
  await pin.getByRole("button", { name: "ОК" }).click();
  await row("Авторизация").getByText("Успешно").waitFor();
}

/** Приложение 1, steps 1 to 9. */
async function appendix() {
  await page.goto(bridge);
  await page.getByRole("tab", { name: "Сертификаты" }).click();
  await page.getByRole("radio", { name: /^Сертификат:/ }).waitFor();
  await picture("fig-19-panel");
  await button("Ввести PIN-код...").click();
  await field("Администратор").check();
  await field("PIN-код").fill(ADMINISTRATOR_PIN);
  await picture("fig-21-panel-pin");
  await button("ОК").click();
  await button("Выйти").waitFor();
  await page.getByRole("radio", { name: /^Сертификат:/ }).check();
  await button("Удалить").click();
  await picture("fig-23-panel-sure");
  await button("Да").click();
  await page.getByRole("radio", { name: /^Сертификат:/ }).waitFor({ state: "detached" });
  await page.getByRole("radio", { name: /^Ключевая пара:/ }).check();
  await button("Удалить").click();
  await field("PIN-код").fill(USER_PIN);
  await picture("fig-25-panel-pair");
  await button("ОК").click();
  await page.getByText("На токене нет сертификатов и ключевых пар.").waitFor();
  await button("Выйти").click();
  await button("Ввести PIN-код...").waitFor();
  expect("Приложение 1 leaves no old certificate and no old pair", true);
}

/** Chapter 1. */
async function request() {
  await openApplication();
  await link("Запросить сертификат").click();
  await givePin("fig-07-pin", { mistyped: "00000000" });
  expect("«Создать запрос» waits for a pair", await button("Создать запрос").isDisabled());
  await picture("fig-07");
  const container = await field("Имя контейнера").inputValue();
  await button("Создать ключевую пару").click();
  await page.getByRole("option", { name: container }).waitFor({ state: "attached" });
  await page.waitForFunction(() => document.getElementById("pairs").value !== "");
  await picture("fig-08");
  await button("Создать запрос").click();
  const sent = dialog("Сообщение с веб-страницы");
  await sent.getByText("Запрос на сертификат успешно отправлен").waitFor();
  await picture("fig-09");
  await sent.getByRole("button", { name: "ОК" }).click();
  await page.getByText(`Номер заявки: ${NUMBER}`).waitFor();
  await pass(300);
  expect("SMS 1 comes within five minutes", (await texts()).includes(ORDERED));
  await pass(1800);
  expect("SMS 2 comes within half an hour", (await texts()).includes(READY));
}

/** Chapter 2; the certificate saved on this computer first. */
async function install() {
  await openApplication();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    link("Сохранить сертификат на локальный компьютер").click(),
  ]);
  await download.saveAs(join(folder, "certificate.cer"));
  await link("Установить сертификат в контейнер").click();
  await givePin("fig-16-pin");
  const pair = await field("Ключевая пара").evaluate((it) => it.selectedOptions[0].text);
  expect(`the pair is ЕГАИС_${NUMBER}`, pair === `ЕГАИС_${NUMBER}`);
  await picture("fig-16");
  await button("Загрузить сертификат").click();
  const done = dialog("Сообщение с веб-страницы");
  await done.getByText("Сертификат успешно установлен в контейнер").waitFor();
  await picture("fig-17");
  await done.getByRole("button", { name: "ОК" }).click();
  await page.getByText("Отметка об установке").waitFor();
  const pem = readFileSync(join(folder, "certificate.cer")).toString("base64").match(/.{1,64}/g).join("\n");
  writeFileSync(join(folder, "certificate.pem"), `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`);
  const chain = await page.request.get(`${portal}/cabinet/applications/${NUMBER}/chain`);
  writeFileSync(join(folder, "chain.pem"), await chain.body());
}

/** Chapter 3: the two papers to print. */
async function papers() {
  await link("Расписка в получении сертификата и Руководство по безопасности").click();
  for (const name of ["Расписка в получении сертификата", "Руководство по безопасности"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    const head = readFileSync(await download.path()).subarray(0, 5).toString();
    expect(`«${name}» is a PDF`, head === "%PDF-");
  }
}

/** The panel once more: what the manual leaves on the token. */
async function result() {
  await page.goto(bridge);
  await page.getByRole("tab", { name: "Сертификаты" }).click();
  await page.getByRole("radio", { name: `Ключевая пара: ЕГАИС_${NUMBER}` }).waitFor();
  const certificates = await page.getByRole("radio", { name: /^Сертификат:/ }).count();
  await picture("panel-after");
  expect("the token holds one certificate and its pair", certificates === 1);
}

try {
  await appendix();
  await request();
  await install();
  await papers();
  await result();
  expect(`no page asks for what its policy forbids ${refused}`, refused.length === 0);
} catch (error) {
  console.log(`failed on ${page.url()}: ${error.message}; ${refused.join("; ")}`);
  await page.screenshot({ path: join(folder, "manual-stopped.png"), fullPage: true });
  process.exitCode = 1;
} finally {
  await browser.close();
}
