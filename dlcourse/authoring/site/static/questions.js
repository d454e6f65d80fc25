// Predictions and quizzes without a kernel. What is chosen stays in this browser.

const KEPT = "dlcourse";
const kept = (() => {
  try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
})();
function look(kind, key) { return kept[kind]?.[key]; }
function keep(kind, key, value) {
  (kept[kind] ??= {})[key] = value;
  try { localStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* private windows */ }
}

const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const textOf = html => make("div", {innerHTML: html}).textContent;
let count = 0;

// Radio buttons of a list's items, a button below, and a place for what is said.
function ask(list, label) {
  const name = `dl-${++count}`;
  const options = [...list.children];
  for (const option of options) {
    const box = make("label"), words = make("span");
    words.append(...option.childNodes);
    box.append(make("input", {type: "radio", name}), words);
    option.append(box);
  }
  list.className = "dl-options";
  list.setAttribute("role", "radiogroup");
  list.setAttribute("aria-label", "Answers");
  options.forEach(option => option.setAttribute("role", "presentation"));
  return {options, ...closing(list, label), inputs: [...list.querySelectorAll("input")]};
}
function closing(after, label) {
  const button = make("button", {className: "dl-button", type: "button", textContent: label});
  const said = make("div", {className: "dl-said"});
  said.setAttribute("role", "status");
  after.after(button, said);
  return {button, say(html, mood = "") { said.innerHTML = html; said.className = `dl-said ${mood}`; }};
}

// Predictions: commit once; the answer waits for it.
function predict(box) {
  const list = box.querySelector("ul"), {key, unit} = box.dataset;
  let field, words, chosen;
  if (list) {
    field = ask(list, "Commit");
    chosen = () => field.options[field.inputs.findIndex(i => i.checked)]?.textContent;
  } else {
    const line = make("label", {textContent: "A number: "}), entry = make("input", {inputMode: "decimal", size: 8});
    line.append(entry, ` ${unit}`);
    box.append(line);
    field = {...closing(line, "Commit"), inputs: [entry]};
    chosen = () => entry.value.trim() && isFinite(entry.value) ? `${entry.value.trim()} ${unit}`.trim() : undefined;
  }
  function close(value) {
    field.inputs.forEach((input, i) => {
      if (list) input.checked = field.options[i].textContent === value;
      input.disabled = true;
    });
    field.button.disabled = true;
    field.say(`Committed: <em></em>. Now read on and see.`);
    box.querySelector(".dl-said em").textContent = value;
    document.dispatchEvent(new CustomEvent("dl-committed", {detail: key}));
  }
  field.button.onclick = () => {
    const value = chosen();
    if (value === undefined) return field.say("Choose first: a guess is welcome.");
    keep("predictions", key, value);
    close(value);
  };
  if (look("predictions", key) !== undefined) close(look("predictions", key));
}

function reveal(box) {
  const {key, right} = box.dataset, answer = make("div", {className: "dl-answer"});
  if (![...document.querySelectorAll(".dl-predict")].some(p => p.dataset.key === key)) return;
  const wait = make("p", {className: "dl-wait"});
  const anyway = make("button", {className: "dl-button", type: "button", textContent: "Show it anyway"});
  wait.append("The answer waits for your prediction. ", anyway);
  answer.append(...box.childNodes);
  const show = () => {
    const value = look("predictions", key);
    const said = make("p");
    if (value !== undefined) {
      said.append("You predicted ", make("em", {textContent: value}), value === textOf(right) ? ": right." : ".");
    }
    box.replaceChildren(answer, said);
  };
  if (look("predictions", key) !== undefined) return show();
  box.replaceChildren(wait, answer);
  anyway.onclick = show;
  document.addEventListener("dl-committed", event => event.detail === key && show());
}

// Quizzes: each answer is explained, right or wrong. Only first answers count.
function quiz(box, remember) {
  const items = [...box.querySelectorAll("li[data-key]")];
  const tell = () => remember && gain(box, items.map(item => item.dataset.key));
  for (const item of items) {
    const field = ask(item.querySelector("ul"), "Answer"), {key} = item.dataset;
    const show = option => field.say(option.dataset.said, "right" in option.dataset ? "right" : "wrong");
    field.button.onclick = () => {
      const k = field.inputs.findIndex(input => input.checked);
      if (k < 0) return field.say("Choose an answer first.");
      const right = "right" in field.options[k].dataset, before = look("quizzes", key);
      keep("quizzes", key, {first: before?.first ?? right, right: right || !!before?.right});
      show(field.options[k]);
      tell();
    };
    if (remember && look("quizzes", key)?.right) {
      const k = field.options.findIndex(option => "right" in option.dataset);
      field.inputs[k].checked = true;
      show(field.options[k]);
    }
  }
  tell();
}
function gain(box, keys) {
  const before = keys.map(key => look("before", key)), after = keys.map(key => look("quizzes", key)?.first);
  if (before.includes(undefined) || after.includes(undefined)) return;
  const right = list => list.filter(Boolean).length;
  box.querySelector(".dl-gain").textContent = `Right at the first try: ${right(before)} of ${keys.length} `
    + `before the lesson, ${right(after)} of ${keys.length} after it.`;
}

// The same questions before the lesson: one answer, and no word on it.
function before(box) {
  for (const item of box.querySelectorAll("li[data-key]")) {
    const field = ask(item.querySelector("ul"), "Answer"), {key} = item.dataset;
    const close = said => {
      [...field.inputs, field.button].forEach(each => each.disabled = true);
      field.say(said);
    };
    field.button.onclick = () => {
      const k = field.inputs.findIndex(input => input.checked);
      if (k < 0) return field.say("Choose an answer first.");
      keep("before", key, "right" in field.options[k].dataset);
      close("Noted.");
    };
    if (look("before", key) !== undefined) close("Noted.");
    else if (look("quizzes", key)) close("You have met this question already.");
  }
}

document.querySelectorAll(".dl-predict").forEach(predict);
document.querySelectorAll(".dl-reveal").forEach(reveal);
document.querySelectorAll(".dl-quiz").forEach(box => quiz(box, true));
document.querySelectorAll(".dl-recall").forEach(box => quiz(box, false));
document.querySelectorAll(".dl-before").forEach(before);
