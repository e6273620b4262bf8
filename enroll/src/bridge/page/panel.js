// «Панель управления Рутокен»: Приложение 1, steps 1 to 9.
"use strict";
const find = (id) => document.getElementById(id);
const PROBLEMS = /*problems*/ {};
let session;
let shown;

async function post(path, body) {
  const headers = { "Content-Type": "application/json", "X-Bridge-Session": session ?? "" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error("Панель потеряла связь с программой: обновите страницу");
  return answer.json();
}

async function act(verb, ...rest) {
  const answer = await post("/panel", { method: verb, arguments: [...device(), ...rest] });
  if ("error" in answer) throw new Error(PROBLEMS[answer.error] ?? `Ошибка ${answer.error}`);
  return answer.result;
}

const device = () => (find("devices").value === "" ? [] : [Number(find("devices").value)]);

/** Closes with what was pressed; an empty answer is no. */
function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true });
  });
}

async function logIn(role) {
  for (const choice of document.querySelectorAll("[name=role]")) choice.checked = choice.value === role;
  find("code").value = "";
  const agreed = await ask(find("pin"));
  const pin = find("code").value;
  find("code").value = "";
  if (!agreed) return false;
  await act("login", document.querySelector("[name=role]:checked").value, pin);
  return true;
}

async function remove() {
  const chosen = document.querySelector("[name=object]:checked");
  const { kind, id, name } = chosen.dataset;
  if (kind === "pair" && shown.role !== "user") {
    // Step 9: the user's PIN is the answer to the question.
    if (!(await logIn("user"))) return;
  } else {
    find("which").textContent = name;
    if (!(await ask(find("sure")))) return;
  }
  await act(kind === "pair" ? "deleteKeyPair" : "deleteCertificate", id);
}

function row(kind, object, title, detail) {
  const label = document.createElement("label");
  const choice = document.createElement("input");
  Object.assign(choice, { type: "radio", name: "object" });
  Object.assign(choice.dataset, { kind, id: object.id, name: title });
  choice.addEventListener("change", () => (find("delete").disabled = false));
  const small = document.createElement("small");
  small.textContent = detail;
  label.append(choice, ` ${title}`, small);
  return label;
}

function fact(name, value) {
  const [term, told] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = name;
  told.textContent = value;
  return [term, told];
}

const tries = (left) => (left === null ? "не сообщает" : left);
const ROLES = { user: "Пользователь", administrator: "Администратор" };

async function show() {
  shown = await act("objects");
  const certificates = shown.certificates.map((it) =>
    row("certificate", it, `Сертификат: ${it.subject ?? it.label}`, `действителен до ${it.until ?? "?"}; издатель: ${it.issuer ?? "?"}`));
  const pairs = shown.pairs.map((it) => row("pair", it, `Ключевая пара: ${it.label || "без имени"}`, it.id));
  find("list").replaceChildren(...certificates, ...pairs);
  if (!certificates.length && !pairs.length) find("list").textContent = "На токене нет сертификатов и ключевых пар.";
  find("delete").disabled = true;
  find("enter").hidden = shown.role !== null;
  find("leave").hidden = shown.role === null;
  find("facts").replaceChildren(
    ...fact("Имя", shown.label), ...fact("Модель", shown.model), ...fact("Серийный номер", shown.serial),
    ...fact("Считыватель", shown.reader), ...fact("Вход выполнен", ROLES[shown.role] ?? "нет"),
    ...fact("Попыток: пользователь", tries(shown.tries.user)),
    ...fact("Попыток: администратор", tries(shown.tries.administrator)));
}

async function connect() {
  session = (await post("/session", {})).session;
  const list = (await post("/panel", { method: "devices", arguments: [] })).result;
  find("devices").replaceChildren(...list.map((number) => new Option(`Рутокен ${number + 1}`, number)));
  if (!list.length) throw new Error("Подключите Рутокен и обновите страницу");
  await show();
  const names = find("devices").options;
  names[find("devices").selectedIndex].text = shown.label;
}

/** Does something, then shows the token as it is now; what went wrong is said below. */
const doing = (what) => async () => {
  find("said").textContent = "";
  try {
    await what();
    await show();
  } catch (problem) {
    await show().catch(() => {});
    find("said").textContent = problem.message;
  }
};

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[role=tab]")) {
      other.setAttribute("aria-selected", other === tab);
      find(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
  });
}
find("enter").addEventListener("click", doing(() => logIn("user")));
find("leave").addEventListener("click", doing(() => act("logout")));
find("delete").addEventListener("click", doing(remove));
find("devices").addEventListener("change", doing(async () => {}));
connect().catch((problem) => (find("said").textContent = problem.message));
