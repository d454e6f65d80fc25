// A figure that follows its controls: frames that were drawn beforehand, chosen here.
// Without this script the figure of the first values stays.

function explorable(box) {
  const name = box.dataset.frames;
  const near = new IntersectionObserver(seen => {
    if (!seen.some(s => s.isIntersecting)) return;
    near.disconnect();
    const script = document.createElement("script");
    script.src = `${document.documentElement.dataset.content_root}_static/frames/${name}.js`;
    script.onload = () => build(box, dlcourse.frames[name]);
    document.head.append(script);
  }, {rootMargin: "1000px"});
  near.observe(box.closest(".cell_output"));
}

function build(box, {controls, alts, lines, frames}) {
  const image = box.closest(".cell_output").querySelector("img");
  const at = controls.map(control => control.start);
  const said = document.createElement("p");
  said.className = "dl-hidden";
  said.setAttribute("aria-live", "polite");
  let old, timer, asked = 0;

  async function show() {
    const turn = ++asked;
    const index = controls.reduce((k, c, i) => k * c.values.length + at[i], 0);
    const runs = frames[index], text = [];
    for (let i = 0; i < runs.length; i += 2) text.push(...lines.slice(runs[i], runs[i] + runs[i + 1]));
    const url = URL.createObjectURL(new Blob([text.join("\n")], {type: "image/svg+xml"}));
    const next = new Image();
    next.src = url;
    await next.decode().catch(() => {});
    if (turn !== asked) return URL.revokeObjectURL(url);
    image.src = url;
    image.alt = alts[index];
    if (old) URL.revokeObjectURL(old);
    old = url;
    clearTimeout(timer);
    timer = setTimeout(() => said.textContent = alts[index], 400);
  }

  controls.forEach((control, i) => {
    const make = control.kind === "slider" ? slider : buttons;
    box.append(make(control, at[i], `${box.dataset.frames}-${i}`, k => { at[i] = k; show(); }));
  });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Controls of the figure above");
  box.append(said);
}

function slider({label, values}, start, name, chosen) {
  const box = Object.assign(document.createElement("label"), {className: "dl-slider"});
  const text = Object.assign(document.createElement("span"), {textContent: label});
  const input = Object.assign(document.createElement("input"),
    {type: "range", min: 0, max: values.length - 1, step: 1, name});
  input.value = start;
  const value = document.createElement("output");
  const tell = () => {
    value.textContent = values[input.value];
    input.setAttribute("aria-valuetext", values[input.value]);
  };
  input.oninput = () => { tell(); chosen(+input.value); };
  tell();
  box.append(text, input, value);
  return box;
}

function buttons({label, values}, start, name, chosen) {
  const set = document.createElement("fieldset");
  set.append(Object.assign(document.createElement("legend"), {textContent: label}));
  values.forEach((value, k) => {
    const input = Object.assign(document.createElement("input"),
      {type: "radio", name, checked: k === start});
    input.onchange = () => chosen(k);
    const box = document.createElement("label");
    box.append(input, value);
    set.append(box);
  });
  return set;
}

document.querySelectorAll(".dl-explorable").forEach(explorable);
