// The token pages of steps 1.9 to 1.11 and 2.8 to 2.9. The vendor's module finds the plugin; the rest is here.
"use strict";
const find = (id) => document.getElementById(id);
const form = document.querySelector("form[data-card]");
const order = form.dataset.order ? JSON.parse(form.dataset.order) : null;
let plugin;

const device = () => Number(find("device").value);
const number = (problem) => Number(problem?.message ?? problem);
const is = (problem, name) => number(problem) === plugin?.errorCodes[name];

/** What users of the plugin know its errors by. */
const TEXTS = {
  PIN_LOCKED: "PIN-код заблокирован",
  USER_NOT_LOGGED_IN: "Выполните вход на устройство",
  DEVICE_NOT_FOUND: "Устройство не найдено",
  TOKEN_INVALID: "Состояние токена изменилось. Обновите страницу",
  KEY_NOT_FOUND: "Соответствующая сертификату ключевая пара не найдена",
  CERTIFICATE_EXISTS: "Такой сертификат уже есть на устройстве",
  NOT_ENOUGH_MEMORY: "На устройстве недостаточно памяти",
};

function told(problem) {
  if (!(number(problem) > 0)) return problem?.message || "Неизвестная ошибка";
  const name = Object.keys(TEXTS).find((known) => is(problem, known));
  return name ? TEXTS[name] : `Ошибка устройства ${number(problem)}`;
}

function say(text) {
  find("said").textContent = text;
  find("said").hidden = text === "";
}

/** Shows a dialog; yes is «ОК». */
function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true });
  });
}

/** Asks for the PIN until it is right, refused by the user, or locked. */
async function logIn() {
  if (await plugin.getDeviceInfo(device(), plugin.TOKEN_INFO_IS_LOGGED_IN)) return true;
  find("pin-said").hidden = true;
  for (;;) {
    find("pin").value = "";
    const agreed = await ask(find("pin-dialog"));
    const pin = find("pin").value;
    find("pin").value = "";
    if (!agreed) return false;
    try {
      await plugin.login(device(), pin);
      return true;
    } catch (problem) {
      if (is(problem, "ALREADY_LOGGED_IN")) return true;
      if (!is(problem, "PIN_INCORRECT") && !is(problem, "PIN_LENGTH_INVALID")) throw problem;
      const { retriesLeft } = await plugin.getDeviceInfo(device(), plugin.TOKEN_INFO_PINS_INFO);
      if (retriesLeft === 0) throw new Error(TEXTS.PIN_LOCKED);
      find("pin-said").textContent = `Неверный PIN-код. Осталось попыток: ${retriesLeft}`;
      find("pin-said").hidden = false;
    }
  }
}

/** Fills «Модель», «Авторизация», «Ключевая пара» with what the token holds now. */
async function show(chosen) {
  find("model").textContent = await plugin.getDeviceInfo(device(), plugin.TOKEN_INFO_MODEL);
  const isIn = await plugin.getDeviceInfo(device(), plugin.TOKEN_INFO_IS_LOGGED_IN);
  find("authorised").textContent = isIn ? "Успешно" : "Требуется PIN-код";
  find("enter").hidden = isIn;
  const kept = chosen ?? find("pairs").value;
  const ids = isIn ? await plugin.enumerateKeys(device(), "") : [];
  const options = [];
  for (const id of ids) options.push(new Option(await plugin.getKeyLabel(device(), id), id));
  // A new request wants a new pair; an installation the pair that the request was made with.
  if (order) options.unshift(new Option("", ""));
  find("pairs").replaceChildren(...options);
  const named = options.find((it) => it.value === kept) ?? options.find((it) => it.text === form.dataset.label);
  if (named) find("pairs").value = named.value;
  ready();
}

/** Buttons that have nothing to work on are off. */
function ready() {
  const isIn = find("enter").hidden;
  for (const name of ["send", "write"]) if (find(name)) find(name).disabled = !isIn || !find("pairs").value;
  if (find("make")) find("make").disabled = !isIn;
}

async function enter() {
  if (!(await logIn())) say("Вход на устройство не выполнен");
  await show();
}

async function makePair() {
  const label = find("container").value.trim();
  if (!label) throw new Error("Укажите имя контейнера");
  const options = { publicKeyAlgorithm: plugin[order.algorithm], paramset: order.paramset };
  const pair = await plugin.generateKeyPair(device(), undefined, "", options);
  await plugin.setKeyLabel(device(), pair, label);
  await show(pair);
}

async function sendRequest() {
  const pair = find("pairs").value;
  const options = { subjectSignTool: order.signTool, hashAlgorithm: plugin[order.hash] };
  form.elements.pem.value = await plugin.createPkcs10(device(), pair, order.subject, order.extensions, options);
  form.elements.pair.value = find("pairs").selectedOptions[0].text;
  const answer = await post();
  if (order.label) await plugin.setKeyLabel(device(), pair, order.label);
  await leave(answer);
}

async function writeCertificate() {
  const pair = find("pairs").value;
  const pem = form.dataset.certificate;
  const id = await plugin.importCertificate(device(), pem, plugin.CERT_CATEGORY_USER);
  const found = await plugin.getKeyByCertificate(device(), id).catch((problem) => {
    if (!is(problem, "KEY_NOT_FOUND")) throw problem;
  });
  if (found !== pair) {
    // The plugin takes any certificate; one without this pair would be of no use.
    await plugin.deleteCertificate(device(), id);
    throw new Error("Сертификат не подходит к выбранной ключевой паре");
  }
  await leave(await post());
}

/** The token is logged out as soon as nothing more is asked of it; then the user reads what came of it. */
async function leave(answer) {
  await plugin.logout(device());
  find("message-text").textContent = answer;
  await ask(find("message"));
  location.assign(form.dataset.card);
}

/** Sends the form as the button of a page without a script would; what the portal says of it. */
async function post() {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => {
    throw new Error("Нет ответа портала. Проверьте состояние заявки");
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const done = page.querySelector(".dialog p");
  if (answer.ok && done) return done.textContent;
  throw new Error(page.querySelector("main .alert[role=alert]:not([hidden])")?.textContent
    ?? "Сеанс завершён или портал недоступен. Войдите ещё раз");
}

async function start() {
  await rutoken.ready;
  const found = (await rutoken.isExtensionInstalled()) && (await rutoken.isPluginInstalled());
  if (!found) throw new Error("Плагин для работы с Рутокен не найден. Установите его и обновите страницу");
  plugin = await rutoken.loadPlugin();
  const devices = await plugin.enumerateDevices({ mode: plugin.ENUMERATE_DEVICES_LIST });
  if (!devices.length) throw new Error("Подключите Рутокен ЭЦП и обновите страницу");
  const options = [];
  for (const it of devices) options.push(new Option(await plugin.getDeviceInfo(it, plugin.TOKEN_INFO_LABEL), it));
  find("device").replaceChildren(...options);
  await show();
  await enter();
}

/** One thing at a time: while it lasts no button can be pressed again. */
const doing = (what) => async () => {
  say("");
  const buttons = [...document.querySelectorAll("button[type=button]")];
  for (const button of buttons) button.disabled = true;
  try {
    await what();
  } catch (problem) {
    say(told(problem));
    await show().catch(() => {});
  } finally {
    find("enter").disabled = false;
    ready();
  }
};

find("device").addEventListener("change", doing(enter));
find("pairs").addEventListener("change", ready);
find("enter").addEventListener("click", doing(enter));
find("make")?.addEventListener("click", doing(makePair));
find("send")?.addEventListener("click", doing(sendRequest));
find("write")?.addEventListener("click", doing(writeCertificate));
doing(start)().then(() => {
  if (!plugin) find("authorised").textContent = "Недоступна";
});
