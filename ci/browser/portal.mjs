// A browser goes through every page of a running mock as a person would, by visible labels, up to the token's part.
//
//   node portal.mjs PORTAL SMS CONTROL WIDTH REQUEST.pem FOLDER
//
// PORTAL, SMS and CONTROL are the addresses that `mock-ca serve --clock manual` prints; REQUEST.pem stands in for the
// token; the pictures go to FOLDER. The module playwright-core is looked for in $MODULES (target/browser).
//
// On every page: no horizontal scroll, nothing on the console, text with a contrast of at least 4.5, every control
// with a name. The exit code is 1 when a page fails, with a line for each trouble.

import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [portal, sms, control, widthText, requestFile, folder] = process.argv.slice(2);
const width = Number(widthText);
const modules = resolve(process.env.MODULES ?? "target/browser");
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");

const PHONE = "+7 900 000-00-00";
const REQUEST = readFileSync(requestFile, "utf8");
const troubles = [];
const noise = [];
let pictures = 0;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const context = await browser.newContext({ viewport: { width, height: 900 }, locale: "ru-RU" });
const page = await context.newPage();
page.setDefaultTimeout(30_000);
page.on("console", (message) => noise.push(`console: ${message.text()}`));
page.on("pageerror", (error) => noise.push(`error: ${error.message}`));
page.on("requestfailed", (request) => noise.push(`not loaded: ${request.url()}`));

const link = (name) => page.getByRole("link", { name, exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const field = (label) => page.getByLabel(label, { exact: true });
const call = (method, path, body) =>
  fetch(control + path, { method, body: JSON.stringify(body) }).then((answer) => answer.json());
const pass = (seconds) => call("POST", "/clock/advance", { seconds });

/** Looks at the page a person sees now, and takes its picture. */
async function look(name, ...texts) {
  for (const text of texts) {
    await page.getByText(text).first().waitFor({ timeout: 10_000 }).catch(() => trouble(name, `no «${text}»`));
  }
  // The text is there before the stylesheet is.
  await page.waitForLoadState("load");
  const found = await page.evaluate(inspect);
  found.forEach((what) => trouble(name, what));
  noise.splice(0).forEach((what) => trouble(name, what));
  pictures += 1;
  const file = `${String(pictures).padStart(2, "0")}-${name}-${width}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}

function trouble(where, what) {
  troubles.push(`${where} at ${width} px: ${what}`);
}

/** Runs in the page: what is wrong with it. */
function inspect() {
  const found = [];
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) found.push(`scrolls ${wide} px to the side`);

  const visible = (element) => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return style.visibility !== "hidden" && style.display !== "none" && box.width > 1 && box.height > 1;
  };
  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue], alpha };
  };
  const over = (upper, lower) =>
    upper.channels.map((channel, i) => channel * upper.alpha + lower[i] * (1 - upper.alpha));
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const own = colour(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.channels : over(own, ground(element.parentElement));
  };
  const luminance = (channels) => {
    const [red, green, blue] = channels.map((channel) => {
      const part = channel / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (element) => {
    const below = ground(element);
    const text = over(colour(getComputedStyle(element).color), below);
    const [dark, light] = [luminance(below), luminance(text)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const withText = [...document.body.querySelectorAll("*")].filter((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return (own || element.matches("input:not([type=hidden]), select, textarea")) && visible(element);
  });
  for (const element of withText) {
    const ratio = contrast(element);
    if (ratio < 4.5) {
      found.push(`contrast ${ratio.toFixed(2)} of «${element.textContent.trim().slice(0, 40)}»`);
    }
  }

  for (const element of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const labels = [...(element.labels ?? [])].map((label) => label.textContent.trim()).join("");
    if (!labels && !element.getAttribute("aria-label")) found.push(`no label: ${element.outerHTML}`);
  }
  for (const element of document.querySelectorAll("button, a[href]")) {
    if (!element.textContent.trim()) found.push(`no text: ${element.outerHTML}`);
  }
  return found;
}

async function newestCode() {
  await pass(10);
  const inbox = await fetch(`${sms}/inbox?phone=79000000000`).then((answer) => answer.json());
  const codes = inbox.map((text) => text.text.match(/Код подтверждения: (\d+)/)?.[1]).filter(Boolean);
  return codes.at(-1);
}

/** A file offered for saving; its first bytes say what it is. */
async function save(name, text, beginning) {
  const [download] = await Promise.all([page.waitForEvent("download"), link(text).click()]);
  const bytes = readFileSync(await download.path());
  if (!bytes.subarray(0, beginning.length).equals(Buffer.from(beginning))) {
    trouble(name, `«${text}» is no such file`);
  }
  noise.splice(0); // a link that becomes a download is told as a navigation that failed
}

async function frontPage() {
  await page.goto(portal);
  await look("front", "Личный кабинет");
  for (const text of ["Заказать подпись", "Услуги (оферта)", "О нас", "Контакты"]) {
    await link(text).first().click();
    await look("section", text);
  }
  await page.goto(portal);
  const programs = await page.locator("main ol a").allTextContents();
  for (const program of programs) await save("front", program, "");
  await page.goto(`${portal}/nowhere`);
  noise.splice(0); // the console tells the 404 we asked for
  await look("not-found", "Страница не найдена");
}

async function logIn(withMistakes) {
  await page.goto(portal);
  await link("Личный кабинет").first().click();
  await look("phone");
  if (withMistakes) {
    await field("Номер сотового телефона").fill("112");
    await button("Получить код").click();
    await look("phone-wrong", "Проверьте номер телефона");
  }
  await field("Номер сотового телефона").fill(PHONE);
  await button("Получить код").click();
  await look("code");
  const code = await newestCode();
  if (withMistakes) {
    await field("Код подтверждения").fill("000000");
    await button("Войти").click();
    await look("code-wrong", "Неверный код");
  }
  await field("Код подтверждения").fill(code);
  await button("Войти").click();
  await look("welcome", "Вы вошли как");
}

async function toCard() {
  await link("Работа с заявкой").click();
  await look("work");
  await page.getByRole("main").getByRole("link", { name: "Личный кабинет" }).click();
  await look("list");
  await link("722318").click();
}

async function request() {
  await toCard();
  await look("card", "Принято");
  await save("card", "Заявление на изготовление сертификата", "%PDF");
  await link("Запросить сертификат").click();
  await look("request", "Создать запрос с помощью Рутокен ЭЦП");
  await button("Создать ключевую пару").click();
  await look("request-pair");
  await button("Создать запрос").click();
  await look("request-empty", "Запрос на сертификат не найден");
  await field("Запрос на сертификат (PEM)").fill(REQUEST);
  await button("Создать запрос").click();
  await look("sent", "Запрос на сертификат успешно отправлен");
  await link("ОК").click();
  await look("card-sent", "Запрос отправлен");
}

async function filters() {
  await page.goto(`${portal}/cabinet/applications`);
  await field("ID:").fill("999");
  await button("Найти").click();
  await look("list-empty", "Заявок не найдено");
}

async function install() {
  await toCard();
  await look("card-issued", "Номер заявки: 722318");
  await save("card-issued", "Сохранить сертификат на локальный компьютер", [0x30]);
  await save("card-issued", "Печатная форма сертификата", "%PDF");
  await link("Расписка в получении сертификата и Руководство по безопасности").click();
  await look("papers");
  await page.goBack();
  await link("Установить сертификат в контейнер").click();
  await look("install");
  await button("Загрузить сертификат").click();
  await look("installed", "Сертификат успешно установлен в контейнер");
  await link("ОК").click();
  await look("card-installed", "Отметка об установке");
}

async function others() {
  await page.goto(`${sms}/phone/79000000000`);
  await look("phone-screen", "Ваш сертификат готов");
  await call("POST", "/applications", { number: 722319, phone: PHONE, accepted: false });
  await call("POST", "/applications", { number: 722320, phone: PHONE });
  await page.goto(control);
  await look("operator", "Оператор");
  const row = page.locator("tr", { hasText: "722320" });
  await row.getByLabel("Текст отказа").fill("Не хватает документов, приходите ещё раз со всеми подлинниками");
  await row.getByRole("button", { name: "Отказать" }).click();
  await look("operator-refused");
  await page.locator("tr", { hasText: "722319" }).getByRole("button", { name: "Принять" }).click();
  await look("operator-accepted");
  await page.goto(`${portal}/cabinet/applications/722320`);
  await look("card-refused", "Отказ: Не хватает документов");
  await link("Выйти").click();
  await look("logged-out", "Личный кабинет");
  await page.goto(`${portal}/cabinet/applications`);
  await look("phone-again", "Получить код");
}

try {
  await frontPage();
  await logIn(true);
  await request();
  await filters();
  await pass(1800);
  await page.goto(`${portal}/cabinet/work`);
  await look("session-ended", "Сеанс завершён");
  await logIn(false);
  await install();
  await others();
} catch (error) {
  trouble(page.url(), error.message);
  await page.screenshot({ path: join(folder, `stopped-${width}.png`), fullPage: true });
} finally {
  await browser.close();
}
troubles.forEach((line) => console.log(line));
console.log(`${pictures} pages at ${width} px, ${troubles.length} troubles`);
process.exitCode = troubles.length === 0 ? 0 : 1;
