// Questions put to a page. Each function runs inside the page and can see nothing of this file.

/** The themes that the page's menu offers, and the one it shows. */
export function themes() {
  const prefix = "mdbook-theme-";
  const offered = [...document.querySelectorAll("#mdbook-theme-list button.theme")]
    .map((button) => button.id.slice(prefix.length))
    .filter((name) => name !== "default_theme");
  const shown = offered.find((name) => document.documentElement.classList.contains(name));
  return { offered, shown };
}

/** Chooses a theme from the page's menu, and waits until its colors are there. */
export async function choose(theme) {
  document.getElementById(`mdbook-theme-${theme}`).click();
  await Promise.all(document.getAnimations().map((change) => change.finished));
}

/** Every address in the document, and every id. */
export function addresses() {
  const references = [];
  for (const element of document.querySelectorAll("[href], [src], [srcset], [poster], [data]")) {
    for (const name of ["href", "src", "poster", "data"]) {
      const value = element.getAttribute(name);
      if (value !== null) references.push({ value, tag: element.localName });
    }
    for (const candidate of element.getAttribute("srcset")?.split(",") ?? []) {
      references.push({ value: candidate.trim().split(/\s/)[0], tag: element.localName });
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return { base: document.baseURI, references, ids };
}

/** What makes the page wider than its window, innermost elements first. */
export function overflow() {
  const width = document.documentElement.clientWidth;
  const describe = (element) => {
    const { left, right } = element.getBoundingClientRect();
    const name = element.localName + (element.id && `#${element.id}`);
    const classes = [...element.classList].map((name) => `.${name}`).join("");
    const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${name}${classes}> from ${Math.round(left)} to ${Math.round(right)} px "${text}"`;
  };
  const frames = [document.scrollingElement, ...document.querySelectorAll("#mdbook-page-wrapper, .page, #mdbook-content, main")];
  // What a frame shows beyond its edge neither scrolls nor is lost: a figure may take the page's padding.
  const shows = (frame) => frame !== document.scrollingElement && getComputedStyle(frame).overflowX === "visible";
  const allowed = (frame) => (shows(frame) ? width : Math.min(frame.clientWidth, width));
  const wide = frames.filter((frame) => frame.scrollWidth > allowed(frame) + 1);
  if (wide.length === 0) return [];
  const scrollsInside = (element) => {
    for (let at = element.parentElement; at && !frames.includes(at); at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== "visible") return true;
    }
    return false;
  };
  const sticksOut = [...document.body.querySelectorAll("*")].filter((element) => {
    const { left, right, width: own } = element.getBoundingClientRect();
    return own > 0 && (right > width + 1 || left < -1) && !scrollsInside(element);
  });
  const innermost = sticksOut.filter(
    (element) => !sticksOut.some((other) => other !== element && element.contains(other)),
  );
  return [...wide.map((frame) => `${describe(frame)} is ${frame.scrollWidth} px wide inside`), ...innermost.slice(0, 5).map(describe)];
}

/** Pictures without a text, pictures that do not show, and letters smaller than `smallest` px. */
export function figures(smallest) {
  const problems = [];
  const main = document.querySelector("main") ?? document.body;
  const nameOf = (picture) => {
    const ids = picture.getAttribute("aria-labelledby")?.split(/\s+/) ?? [];
    const labelled = ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const title = picture.querySelector(":scope > title")?.textContent ?? "";
    const own = picture.getAttribute("aria-label") ?? picture.getAttribute("alt") ?? "";
    return (labelled.trim() || own.trim() || title.trim()).replace(/\s+/g, " ");
  };
  const pictures = [...main.querySelectorAll("img, svg[role=img], figure svg")];
  pictures.forEach((picture, index) => {
    const name = nameOf(picture);
    const label = `picture ${index + 1} "${name.slice(0, 40)}"`;
    const decoration = picture.closest("[aria-hidden=true]");
    if (decoration) return;
    if (picture.localName === "svg" && picture.getAttribute("role") !== "img") {
      problems.push(`${label}: an <svg> in a figure has no role=img`);
    }
    if (!name) problems.push(`${label}: no alternative text`);
    const { width, height } = picture.getBoundingClientRect();
    if (width < 20 || height < 20) problems.push(`${label}: shown at ${width} × ${height} px`);
    if (picture.localName === "img" && picture.naturalWidth === 0) problems.push(`${label}: not loaded`);
    const sizes = [...picture.querySelectorAll("text, tspan")]
      .filter((text) => text.textContent.trim())
      .map((text) => {
        const { a, b } = text.getScreenCTM();
        return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
      });
    const least = Math.min(...sizes);
    if (least < smallest) {
      problems.push(`${label}: letters of ${least.toFixed(1)} px, expected at least ${smallest} px`);
    }
  });
  const figures = [...main.querySelectorAll("figure")];
  figures.forEach((figure, index) => {
    const caption = figure.querySelector("figcaption")?.textContent.trim();
    if (!caption) problems.push(`figure ${index + 1}: no caption`);
  });
  return problems;
}

/** What a reader sees: the words of the text and the pictures that have a size. Live widgets add to them, and are no part of them. */
export function readable() {
  const main = document.querySelector("main");
  const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
  const words = (element) => element.innerText.split(/\s+/).filter(Boolean).length;
  const live = [...document.querySelectorAll("main .live")].filter(seen);
  return {
    words: main && seen(main) ? live.reduce((rest, widget) => rest - words(widget), words(main)) : 0,
    pictures: [...document.querySelectorAll("main img, main svg[role=img]")].filter(seen).length,
  };
}
