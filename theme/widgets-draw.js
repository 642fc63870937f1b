'use strict';

// Panels of the live figures: they are made once, and drawn again with each frame's numbers.
(() => {

const { TEXT, DASHES, CORNERS, MARK, shapeOf, widthOf, superscript, drawChart, drawHistograms, drawBoundary, drawNetwork } = globalThis.trainableDrawing;

const PAINTERS = { chart: drawChart, histograms: drawHistograms, boundary: drawBoundary, network: drawNetwork };

/** A canvas's height over its width, and its ends in CSS pixels. */
const ASPECT = 0.9;
const HEIGHTS = [200, 350];

/* Elements */

function element(name, attributes = {}, children = []) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
}

function shape(name, attributes) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
}

/** Sets a text only where it changes, since each change makes the page lay itself out; says whether it did. */
function setText(node, text) {
    const isChanged = node.textContent !== text;
    if (isChanged) {
        node.textContent = text;
    }
    return isChanged;
}

function setLabel(node, text) {
    if (node.getAttribute('aria-label') !== text) {
        node.setAttribute('aria-label', text);
    }
}

/* Legends */

const SAMPLE = { width: 28, height: 15 };
const [MIDDLE, CENTER] = [SAMPLE.width / 2, SAMPLE.height / 2];

function markSample(role, radius) {
    const kind = shapeOf(role);
    const color = `var(--${role})`;
    const at = ([across, down]) => `${MIDDLE + across * radius} ${CENTER + down * radius}`;
    if (kind === 'disc') {
        return shape('circle', { cx: MIDDLE, cy: CENTER, r: radius, fill: color });
    }
    if (kind === 'cross') {
        const d = `M${at([-0.95, -0.95])}L${at([0.95, 0.95])}M${at([-0.95, 0.95])}L${at([0.95, -0.95])}`;
        return shape('path', { d, stroke: color, 'stroke-width': 0.55 * radius });
    }
    return shape('polygon', { points: CORNERS[kind].map(at).join(' '), fill: color });
}

function boxSample(role) {
    return shape('rect', { x: 4, y: 1, width: SAMPLE.width - 8, height: SAMPLE.height - 2, fill: `var(--${role})` });
}

function lineSample(role, width, dash) {
    const ends = { x1: 0, x2: SAMPLE.width, y1: CENTER, y2: CENTER };
    return shape('line', { ...ends, stroke: `var(--${role})`, 'stroke-width': width, 'stroke-dasharray': DASHES[dash].join(' ') });
}

function seriesSample({ role, dash, mark }) {
    switch (mark) {
    case 'points':
        return [markSample(role, MARK)];
    case 'bars':
        return [boxSample(role)];
    default:
        return [lineSample(role, widthOf(role), dash)];
    }
}

/** What a legend names, each with what is drawn beside it. */
function entries(panel) {
    switch (panel.kind) {
    case 'chart': {
        const named = panel.series.filter(({ label }) => label);
        return named.length > 1 ? named.map(series => [series.label, seriesSample(series)]) : [];
    }
    case 'boundary': {
        const classes = [0, 1].map(label => [`class ${label}`, [boxSample(`class-${label}-region`), markSample(`class-${label}`, MARK)]]);
        return panel.dev ? [...classes, ['smaller: dev set', []]] : classes;
    }
    case 'network': {
        const signs = [['weight above 0', [lineSample('class-0', 2, 'solid')]], ['below 0', [lineSample('class-1', 2, 'short')]]];
        return panel.dropped ? [...signs, ['crossed out: dropped', []]] : signs;
    }
    default:
        return [];
    }
}

function legend(panel) {
    const items = entries(panel).map(([label, sample]) => {
        const picture = shape('svg', { ...SAMPLE, viewBox: `0 0 ${SAMPLE.width} ${SAMPLE.height}`, 'aria-hidden': true });
        picture.append(...sample);
        return element('li', {}, sample.length > 0 ? [picture, label] : [label]);
    });
    return items.length > 0 ? [element('ul', { class: 'panel-legend' }, items)] : [];
}

/* Tables */

const NUMBER = /^[−-]?[\d.,\s]+(e[+-]?\d+|(?:·|\s×\s)10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(\s?%)?$|^(NaN|[−-]?inf)$/;

/** A cell's text with true minus signs and powers of ten. */
function told(text) {
    const plain = text.replace(/^-(?=\d)/, '−');
    return plain.replace(/^(−?[\d.]+)e([+-]?\d+)$/, (_, digits, power) => `${digits}·10${superscript(Number(power))}`);
}

/** The columns of numbers. */
function numeric({ header, rows }) {
    return header.map((_, column) => rows.length > 0 && rows.every(row => NUMBER.test(row[column] ?? '')));
}

function table({ header, rows }) {
    const heads = header.map(text => (text === '' ? element('td') : element('th', { scope: 'col' }, [text])));
    const body = rows.map(row => element('tr', {}, row.map((_, column) => element(column === 0 ? 'th' : 'td', column === 0 ? { scope: 'row' } : {}))));
    return element('table', {}, [element('thead', {}, [element('tr', {}, heads)]), element('tbody', {}, body)]);
}

/** Fills the cells in; says whether any of them has another text now. */
function fill(made, panel) {
    const isNumeric = numeric(panel);
    const cells = panel.rows.flatMap((row, index) => row.map((text, column) => [made.tBodies[0].rows[index].cells[column], told(text)]));
    const changed = cells.filter(([cell, text]) => setText(cell, text));
    for (const row of made.rows) {
        [...row.cells].forEach((cell, column) => cell.classList.toggle('number', Boolean(isNumeric[column])));
    }
    return changed.length > 0;
}

/* Panels */

/** The colors of the page's theme by role, each asked for once. */
class Palette {
    constructor(home) {
        this.probe = element('span', { hidden: '', class: 'panel-probe' });
        home.append(this.probe);
        this.color = this.color.bind(this);
        this.forget();
    }

    forget() {
        this.colors = new Map();
        this.font = `${TEXT}px ${getComputedStyle(this.probe).fontFamily}`;
    }

    color(role) {
        if (!this.colors.has(role)) {
            // The property itself would come with light-dark() in it.
            this.probe.style.color = `var(--${role})`;
            this.colors.set(role, getComputedStyle(this.probe).color);
        }
        return this.colors.get(role);
    }
}

/** What a panel's elements are made for: while it stays the same, they stay. */
const identity = ({ kind, title }) => JSON.stringify([kind, title]);

/** A panel that is drawn. */
class Drawn {
    constructor(panel) {
        this.canvas = element('canvas', { role: 'img' });
        this.sheet = element('div', { class: 'panel-sheet' }, [this.canvas]);
        this.root = element('div', { class: 'panel', 'data-kind': panel.kind }, [element('p', { class: 'panel-title' }, [panel.title]), this.sheet]);
        this.pen = this.canvas.getContext('2d');
    }

    measure() {
        this.width = this.sheet.clientWidth;
        this.height = Math.round(Math.max(HEIGHTS[0], Math.min(HEIGHTS[1], ASPECT * this.width)));
        this.canvas.style.height = `${this.height}px`;
        this.kept = {};
    }

    show(panel, numbers, palette) {
        setLabel(this.canvas, panel.says || panel.title);
        this.name(panel);
        if (!(this.width > 0)) {
            return;
        }
        this.clear(palette.font);
        PAINTERS[panel.kind]({ pen: this.pen, color: palette.color, width: this.width, height: this.height, kept: this.kept }, panel, numbers);
    }

    /** Makes the legend again if it names something else. */
    name(panel) {
        const key = JSON.stringify([panel.series?.map(({ label, role, dash, mark }) => [label, role, dash, mark]), Boolean(panel.dev), Boolean(panel.dropped)]);
        if (key !== this.named) {
            this.named = key;
            this.root.querySelector('.panel-legend')?.remove();
            this.root.append(...legend(panel));
        }
    }

    clear(font) {
        const { canvas, pen } = this;
        const [width, height] = [this.width, this.height].map(size => Math.round(size * devicePixelRatio));
        if (canvas.width !== width || canvas.height !== height) {
            Object.assign(canvas, { width, height });
        }
        pen.setTransform(width / this.width, 0, 0, height / this.height, 0, 0);
        pen.clearRect(0, 0, this.width, this.height);
        pen.font = font;
        pen.lineJoin = 'round';
    }
}

/** A panel that is a table. */
class Tabled {
    constructor(panel) {
        this.scroller = element('div', { class: 'table-wrapper' });
        this.root = element('div', { class: 'panel', 'data-kind': panel.kind }, [element('p', { class: 'panel-title' }, [panel.title]), this.scroller]);
    }

    /** What scrolls can be reached with the keyboard. */
    measure() {
        if (this.scroller.scrollWidth > this.scroller.clientWidth) {
            this.scroller.tabIndex = 0;
        } else {
            this.scroller.removeAttribute('tabindex');
        }
    }

    show(panel) {
        const key = JSON.stringify([panel.header, panel.rows.map(row => row.length)]);
        if (key !== this.shape) {
            this.shape = key;
            this.table = table(panel);
            this.scroller.replaceChildren(this.table);
        }
        setLabel(this.table, panel.says || panel.title);
        if (fill(this.table, panel)) {
            this.measure();
        }
    }
}

/** The panels of a picture in an element of the page. */
class Panels {
    constructor(home) {
        this.home = home;
        home.classList.add('panels');
        this.palette = new Palette(home);
        this.panels = [];
        this.picture = { panels: [] };
        this.numbers = new Float64Array();
        new ResizeObserver(() => this.resized()).observe(home);
        new MutationObserver(() => this.redraw()).observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
        this.watchResolution();
    }

    /** Shows a picture with its numbers, in the elements of the last one as far as their kinds and titles are the same. */
    show(picture, numbers) {
        this.picture = picture;
        this.numbers = numbers;
        const isMade = picture.panels.map((panel, index) => this.fit(panel, index));
        const gone = this.panels.splice(picture.panels.length);
        gone.forEach(({ made }) => made.root.remove());
        if (gone.length > 0 || isMade.includes(true)) {
            this.measure();
        }
        this.draw();
    }

    /** Draws the last picture again, in the theme and at the size that the page has now. */
    redraw() {
        this.palette.forget();
        this.measure();
        this.draw();
    }

    measure() {
        this.width = this.home.clientWidth;
        this.panels.forEach(({ made }) => made.measure());
    }

    draw() {
        this.panels.forEach(({ made }, index) => made.show(this.picture.panels[index], this.numbers, this.palette));
    }

    /** Makes the elements of a panel unless they are there; says whether it did. */
    fit(panel, index) {
        const old = this.panels[index];
        const key = identity(panel);
        if (old?.key === key) {
            return false;
        }
        const made = panel.kind === 'table' ? new Tabled(panel) : new Drawn(panel);
        if (old) {
            old.made.root.replaceWith(made.root);
        } else {
            this.home.append(made.root);
        }
        this.panels[index] = { key, made };
        return true;
    }

    /** Heights are the panels' own doing; drawing waits for the next frame, since it changes them. */
    resized() {
        if (this.home.clientWidth !== this.width) {
            requestAnimationFrame(() => this.redraw());
        }
    }

    watchResolution() {
        matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => {
            this.redraw();
            this.watchResolution();
        }, { once: true });
    }
}

Object.assign(globalThis.trainableDrawing, { Panels, element });
})();
