'use strict';

// Charts and histograms of the live figures, and what all of them are drawn with, as figures/ draws the printed ones.
// A painter is given a sheet: { pen, color, width, height, kept }: the canvas's 2D context, the color of a role, the size in CSS pixels, and what the panel keeps from frame to frame.
(() => {

const drawing = globalThis.trainableDrawing;
const { LEAST, brief, Scale } = drawing;

/** The size of all letters, in CSS pixels. */
const TEXT = 12;
const HAIRLINE = 1;
const LINE = 2;
/** The radius of a mark. */
const MARK = 3.5;
/** The length of a tick. */
const TICK = 4;
/** Above a plot, for the y axis' label, and below it, for ticks and the x axis' label. */
const ABOVE = 26;
const BELOW = 38;
/** Beside a plot, where half of the last tick's text goes. */
const BESIDE = 16;
/** The least room for the text at a y axis' ticks: frames whose text is shorter have their plot at the same place. */
const TICKS_WIDTH = 30;
/** From one tick to the next, about. */
const X_TICKS_APART = 50;
const Y_TICKS_APART = 42;

/** As in the printed figures; corners are of marks of radius 1, and a role without a shape has discs. */
const { DASHES, CORNERS, SHAPES } = globalThis.trainableRoles;

/** The shape of a role's marks, so that color is never all that tells them apart. */
const shapeOf = role => SHAPES[role] ?? 'disc';

/** The width of a role's lines. */
const widthOf = role => (role === 'level' ? HAIRLINE : LINE);

/* Drawing */

function write({ pen, color }, text, x, y, align = 'left', halo = false) {
    pen.textAlign = align;
    if (halo) {
        // A rim of paper keeps lines away from the letters.
        pen.strokeStyle = color('paper');
        pen.lineWidth = 3;
        pen.setLineDash([]);
        pen.strokeText(text, x, y);
    }
    pen.fillStyle = color('ink');
    pen.fillText(text, x, y);
}

function stroke({ pen, color }, role, width, dash = DASHES.solid) {
    pen.strokeStyle = color(role);
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.stroke();
}

/** The middle of the device pixel around `place`, where a hairline is sharp. */
const crisp = place => Math.floor(place) + 0.5;

function trace(pen, shape, x, y, radius) {
    if (shape === 'cross') {
        const arm = 0.95 * radius;
        pen.moveTo(x - arm, y - arm);
        pen.lineTo(x + arm, y + arm);
        pen.moveTo(x - arm, y + arm);
        pen.lineTo(x + arm, y - arm);
        return;
    }
    if (shape === 'disc') {
        pen.moveTo(x + radius, y);
        pen.arc(x, y, radius, 0, 2 * Math.PI);
        return;
    }
    CORNERS[shape].forEach(([across, down], index) => {
        pen[index === 0 ? 'moveTo' : 'lineTo'](x + across * radius, y + down * radius);
    });
    pen.closePath();
}

/** Draws the marks of a role at places that follow each other as x and y; those that are not numbers are left out. */
function marks(sheet, role, places, radius = MARK) {
    const { pen, color } = sheet;
    const shape = shapeOf(role);
    pen.beginPath();
    for (let index = 0; index < places.length; index += 2) {
        if (!Number.isNaN(places[index] + places[index + 1])) {
            trace(pen, shape, places[index], places[index + 1], radius);
        }
    }
    if (shape === 'cross') {
        stroke(sheet, role, 0.55 * radius);
    } else {
        pen.fillStyle = color(role);
        pen.fill();
    }
}

/** The place for a plot between its axes; with a ratio, height over width, the largest one that has it. */
function plotIn(sheet, yTicks, ratio) {
    const { pen, width, height, kept } = sheet;
    const widest = Math.max(TICKS_WIDTH, ...yTicks.map(({ text }) => Math.ceil(pen.measureText(text).width)));
    // What once was needed stays, so that the plot does not jump to and fro.
    kept.ticksWidth = Math.max(kept.ticksWidth ?? 0, widest);
    const left = kept.ticksWidth + TICK + 4;
    const room = { width: Math.max(1, width - left - BESIDE), height: Math.max(1, height - ABOVE - BELOW) };
    const across = Math.round(ratio ? Math.min(room.width, room.height / ratio) : room.width);
    const down = Math.round(ratio ? across * ratio : room.height);
    const start = left + Math.round((room.width - across) / 2);
    return { left: start, right: start + across, top: ABOVE, bottom: ABOVE + down, ticksAt: start - left };
}

/** The ticks of an x axis, about `count` or so many fewer that there is room for their text. */
function apart({ pen }, x, count, whole) {
    const ticks = x.ticks(Math.max(2, count), whole);
    const spans = ticks.map(({ position, text }) => [x.pixel(position), pen.measureText(text).width / 2]);
    const fits = spans.every(([place, half], index) => index === 0 || place - half > spans[index - 1][0] + spans[index - 1][1] + 5);
    return fits || count <= 2 ? ticks : apart({ pen }, x, count - 1, whole);
}

/** Draws two axes with their grid, and lays them along a plot. */
function frame(sheet, x, y, { ratio, whole } = {}) {
    const { pen, width, height } = sheet;
    const yTicks = y.ticks(Math.max(2, Math.round((height - ABOVE - BELOW) / Y_TICKS_APART)));
    const plot = plotIn(sheet, yTicks, ratio);
    x.lay(plot.left, plot.right);
    y.lay(plot.bottom, plot.top);
    const xTicks = apart(sheet, x, Math.round((plot.right - plot.left) / X_TICKS_APART), whole);
    grid(sheet, plot, xTicks.map(tick => x.pixel(tick.position)), yTicks.map(tick => y.pixel(tick.position)));
    for (const { position, text } of xTicks) {
        const last = width - pen.measureText(text).width / 2;
        write(sheet, text, Math.min(last, x.pixel(position)), plot.bottom + TICK + TEXT, 'center');
    }
    for (const { position, text } of yTicks) {
        write(sheet, text, plot.left - TICK - 3, y.pixel(position) + 0.35 * TEXT, 'right');
    }
    write(sheet, x.label, (plot.left + plot.right) / 2, plot.bottom + TICK + 2.5 * TEXT, 'center');
    const labelAt = Math.max(0, Math.min(plot.ticksAt + 2, width - pen.measureText(y.label).width));
    write(sheet, y.label, labelAt, plot.top - 12);
    return plot;
}

/** Draws the lines of a grid, and the axes with their ticks. */
function grid(sheet, plot, across, up) {
    const { pen } = sheet;
    const [left, bottom] = [crisp(plot.left), crisp(plot.bottom)];
    pen.beginPath();
    for (const place of across.map(crisp)) {
        pen.moveTo(place, plot.top);
        pen.lineTo(place, bottom);
    }
    for (const place of up.map(crisp)) {
        pen.moveTo(left, place);
        pen.lineTo(plot.right, place);
    }
    stroke(sheet, 'faint', HAIRLINE);
    pen.beginPath();
    for (const place of across.map(crisp)) {
        pen.moveTo(place, bottom);
        pen.lineTo(place, bottom + TICK);
    }
    for (const place of up.map(crisp)) {
        pen.moveTo(left - TICK, place);
        pen.lineTo(left, place);
    }
    pen.moveTo(left, plot.top);
    pen.lineTo(left, bottom);
    pen.lineTo(plot.right, bottom);
    stroke(sheet, 'ink', HAIRLINE);
}

/** Draws with everything outside of a plot cut off; `room` is how far marks may reach out of it. */
function inside({ pen }, plot, room, draw) {
    pen.save();
    pen.beginPath();
    pen.rect(plot.left - room, plot.top - room, plot.right - plot.left + 2 * room, plot.bottom - plot.top + 2 * room);
    pen.clip();
    draw();
    pen.restore();
}

/* Charts */

/** The pixels of a series, x and y in turn. */
function placed({ at, count }, numbers, x, y) {
    const places = new Float64Array(count - count % 2);
    for (let index = 0; index < places.length; index += 2) {
        places[index] = x.at(numbers[at + index]);
        places[index + 1] = y.at(numbers[at + index + 1]);
    }
    return places;
}

/** Draws a line, broken where there is no number. */
function line(sheet, { role, dash, mark }, places) {
    const { pen } = sheet;
    let isDrawing = false;
    pen.beginPath();
    for (let index = 0; index < places.length; index += 2) {
        const [x, y] = [places[index], places[index + 1]];
        const broken = Number.isNaN(x + y);
        if (broken || !isDrawing) {
            isDrawing = !broken;
            pen.moveTo(x, y);
            continue;
        }
        if (mark === 'steps') {
            pen.lineTo(x, places[index - 1]);
        }
        pen.lineTo(x, y);
    }
    stroke(sheet, role, widthOf(role), DASHES[dash]);
}

/** Draws bars up from 0, or from the end of a logarithmic axis. */
function bars({ pen, color }, { role }, places, y) {
    const base = y.log ? y.pixel(y.low) : y.at(0);
    const at = [...places.filter((place, index) => index % 2 === 0 && !Number.isNaN(place))].sort((a, b) => a - b);
    const apart = at.slice(1).map((place, index) => place - at[index]).filter(gap => gap > 0);
    const wide = 0.8 * Math.min(40, ...apart);
    pen.beginPath();
    for (let index = 0; index < places.length; index += 2) {
        if (!Number.isNaN(places[index] + places[index + 1])) {
            pen.rect(places[index] - wide / 2, base, wide, places[index + 1] - base);
        }
    }
    pen.fillStyle = color(role);
    pen.fill();
}

function drawSeries(sheet, series, places, y) {
    switch (series.mark) {
    case 'points':
        return marks(sheet, series.role, places);
    case 'bars':
        return bars(sheet, series, places, y);
    default:
        return line(sheet, series, places);
    }
}

/** Draws a line right across the plot. */
function drawRule(sheet, plot, { axis, value }, x, y) {
    const { pen } = sheet;
    pen.beginPath();
    if (axis === 'x') {
        pen.moveTo(crisp(x.at(value)), plot.top);
        pen.lineTo(crisp(x.at(value)), plot.bottom);
    } else {
        pen.moveTo(plot.left, crisp(y.at(value)));
        pen.lineTo(plot.right, crisp(y.at(value)));
    }
    stroke(sheet, 'ink', 1.2, DASHES.short);
}

/** Writes what a line across is: above it, where it hides the least, or beside the upper end of an upright one, on the side with more room and in a row of its own. */
function nameRule(sheet, plot, { axis, value, label }, row, x, y, lines) {
    if (axis === 'x') {
        const place = x.at(value);
        const leftward = place > (plot.left + plot.right) / 2;
        write(sheet, label, place + (leftward ? -5 : 5), plot.top + (1 + 1.2 * row) * TEXT, leftward ? 'right' : 'left', true);
        return;
    }
    const place = y.at(value);
    const baseline = place - plot.top < 1.5 * TEXT ? place + 1.2 * TEXT : place - 5;
    const width = sheet.pen.measureText(label).width;
    write(sheet, label, freest(sheet.kept, label, plot, { width, top: baseline - TEXT, bottom: baseline + 2 }, lines), baseline, 'left', true);
}

/** Where on its line a label begins: at the right, the left or in the middle. It stays where it was unless something is in its way there only. */
function freest(kept, label, plot, { width, top, bottom }, lines) {
    const starts = { right: plot.right - 2 - width, left: plot.left + 4, middle: (plot.left + plot.right - width) / 2 };
    const isFree = side => !lines.some(places => meets(places, { left: starts[side], right: starts[side] + width, top, bottom }));
    const sides = kept.sides ??= new Map();
    const old = sides.get(label) ?? 'right';
    const side = [old, 'right', 'left', 'middle'].find(isFree) ?? old;
    sides.set(label, side);
    return starts[side];
}

/** Whether a line comes near a box: a piece of it whose own box overlaps. */
function meets(places, box) {
    for (let index = 2; index < places.length; index += 2) {
        const [x0, y0, x1, y1] = places.subarray(index - 2, index + 2);
        if (Math.min(x0, x1) < box.right && Math.max(x0, x1) > box.left && Math.min(y0, y1) < box.bottom && Math.max(y0, y1) > box.top) {
            return true;
        }
    }
    return false;
}

const isWithin = (scale, value) => {
    const position = scale.log ? Math.log10(value ?? NaN) : value ?? NaN;
    return position >= scale.low && position <= scale.high;
};

/** Whether a chart's x are all whole numbers. */
function isWhole({ series }, numbers) {
    return series.every(({ at, count }) => {
        for (let index = at; index < at + count; index += 2) {
            if (Number.isFinite(numbers[index]) && !Number.isInteger(numbers[index])) {
                return false;
            }
        }
        return true;
    });
}

function drawChart(sheet, panel, numbers) {
    const [x, y] = [new Scale(panel.x), new Scale(panel.y)];
    const ratio = panel.equal ? Math.max(0.2, Math.min(5, y.length / x.length)) : undefined;
    const plot = frame(sheet, x, y, { ratio, whole: !panel.x.log && isWhole(panel, numbers) });
    const rules = panel.rules.filter(({ axis, value }) => isWithin(axis === 'x' ? x : y, value));
    rules.forEach(one => drawRule(sheet, plot, one, x, y));
    const lines = panel.series.map(series => placed(series, numbers, x, y));
    panel.series.forEach((series, index) => {
        const room = series.mark === 'points' ? MARK : HAIRLINE;
        inside(sheet, plot, room, () => drawSeries(sheet, series, lines[index], y));
    });
    const upright = rules.filter(({ axis }) => axis === 'x');
    rules.forEach(one => nameRule(sheet, plot, one, upright.indexOf(one), x, y, lines));
}

/* Histograms */

/** From one histogram to the next. */
const BETWEEN = 14;

function drawHistograms(sheet, { layers }, numbers) {
    const columns = layers.length < 4 ? 1 : layers.length < 7 ? 2 : 3;
    const rows = Math.ceil(layers.length / columns);
    const width = (sheet.width - (columns - 1) * BETWEEN) / columns;
    const height = sheet.height / rows;
    layers.forEach((layer, index) => {
        const left = (index % columns) * (width + BETWEEN);
        const top = Math.floor(index / columns) * height;
        drawHistogram(sheet, layer, numbers.subarray(layer.at, layer.at + layer.count), {
            left, right: left + width, top: top + TEXT + 6, bottom: Math.max(top + TEXT + 7, top + height - TEXT - 10),
        });
    });
}

/** Draws the counts' shares, the largest as high as the plot, and says how large it is. */
function drawHistogram(sheet, { label, min, max }, counts, plot) {
    const { pen, color } = sheet;
    const finite = counts.filter(count => count > 0 && count < Infinity);
    const [total, most] = [finite.reduce((sum, count) => sum + count, 0), Math.max(...finite)];
    const wide = (plot.right - plot.left) / counts.length;
    pen.beginPath();
    counts.forEach((count, bin) => {
        const high = count > 0 ? Math.min(1, count / most) * (plot.bottom - plot.top) : 0;
        pen.rect(plot.left + bin * wide, plot.bottom - high, Math.max(0.5, wide - 1), high);
    });
    pen.fillStyle = color('train');
    pen.fill();
    pen.beginPath();
    pen.moveTo(plot.left, crisp(plot.bottom));
    pen.lineTo(plot.right, crisp(plot.bottom));
    stroke(sheet, 'ink', HAIRLINE);
    write(sheet, label, plot.left, plot.top - 5);
    if (total > 0) {
        write(sheet, `${brief(100 * most / total)}\u202f%`, plot.right, plot.top - 5, 'right');
    }
    nameEnds(sheet, min ?? NaN, max ?? NaN, plot);
}

/** Writes where a histogram begins and ends; one without width is all at its beginning. */
function nameEnds(sheet, min, max, plot) {
    const baseline = plot.bottom + TEXT + 2;
    if (Number.isFinite(min)) {
        write(sheet, brief(min), plot.left, baseline);
    }
    if (Number.isFinite(max) && max - min > LEAST) {
        write(sheet, brief(max), plot.right, baseline, 'right');
    }
}

Object.assign(drawing, {
    TEXT, HAIRLINE, MARK, DASHES, CORNERS, shapeOf, widthOf, crisp, write, stroke, marks, frame, inside, drawChart, drawHistograms,
});
})();
