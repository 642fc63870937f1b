'use strict';

// What a network predicts on the plane, and the network itself, for the live figures; sheets are those of widgets-chart.js.
(() => {

const drawing = globalThis.trainableDrawing;
const { TEXT, HAIRLINE, MARK, DASHES, crisp, Scale, write, stroke, marks, frame, inside } = drawing;

/** The radius of the dev set’s marks, and how much of them is seen. */
const SMALL = 2.2;
const LIGHT = 0.65;
/** How much of the paper is seen where both classes are as probable. */
const UNSURE = 0.55;
/** The most that a logit is: probabilities next to 0 are far more exact than those next to 1. */
const MOST = 36;
/** A plot is not wider or higher than this, as height over width. */
const RATIOS = [0.75, 1.1];

/* Where which class is predicted */

const logit = probability => Math.max(-MOST, Math.min(MOST, Math.log(probability / (1 - probability))));

/** Beyond the end of three numbers in a row by half a step. */
const beyond = (end, next) => 1.5 * end - 0.5 * next;

/** The logits of a grid, and around them those at the edges of its outer cells: rows of columns + 2, from the bottom. */
function logits({ columns, rows, at }, numbers) {
    const wide = columns + 2;
    const all = new Float64Array(wide * (rows + 2));
    for (let row = 0; row < rows; row += 1) {
        const start = (row + 1) * wide;
        for (let column = 0; column < columns; column += 1) {
            all[start + column + 1] = logit(numbers[at + row * columns + column]);
        }
        all[start] = beyond(all[start + 1], all[start + 2]);
        all[start + columns + 1] = beyond(all[start + columns], all[start + columns - 1]);
    }
    for (let column = 0; column < wide; column += 1) {
        const top = rows * wide + column;
        all[column] = beyond(all[wide + column], all[2 * wide + column]);
        all[top + wide] = beyond(all[top], all[top - wide]);
    }
    return all;
}

/** The pixels of the middles of `count` cells between two pixels, and of both ends. */
function middles(count, from, to) {
    const places = Array.from({ length: count }, (_, index) => from + (to - from) * (index + 0.5) / count);
    return [from, ...places, to];
}

/** The region where class 1 is predicted and the line around it, as paths: marching squares. */
function regions({ columns, rows, at }, numbers, plot) {
    const all = logits({ columns, rows, at }, numbers);
    const [xs, ys] = [middles(columns, plot.left, plot.right), middles(rows, plot.bottom, plot.top)];
    const paths = { region: new Path2D(), line: new Path2D() };
    for (let row = 0; row <= rows; row += 1) {
        marchRow(paths, all, row, xs, ys);
    }
    return paths;
}

/** Adds a row of cells; whole ones that follow each other are one rectangle. */
function marchRow(paths, all, row, xs, ys) {
    let whole = -1;
    const end = column => {
        if (whole >= 0) {
            paths.region.rect(xs[whole], ys[row], xs[column] - xs[whole], ys[row + 1] - ys[row]);
            whole = -1;
        }
    };
    for (let column = 0; column < xs.length - 1; column += 1) {
        const below = row * xs.length + column;
        const above = below + xs.length;
        const corners = [all[below], all[below + 1], all[above + 1], all[above]];
        if (corners.every(value => value > 0)) {
            whole = whole < 0 ? column : whole;
            continue;
        }
        end(column);
        if (corners.some(value => value > 0) && !corners.some(Number.isNaN)) {
            const [left, right, bottom, top] = [xs[column], xs[column + 1], ys[row], ys[row + 1]];
            cross(paths, corners, [[left, bottom], [right, bottom], [right, top], [left, top]]);
        }
    }
    end(xs.length - 1);
}

/** Adds the part of a cell that is above 0, and its edges inside the cell. */
function cross({ region, line }, corners, places) {
    const outline = [];
    corners.forEach((value, corner) => {
        const next = (corner + 1) % 4;
        if (value > 0) {
            outline.push({ place: places[corner] });
        }
        if (value > 0 !== corners[next] > 0) {
            const share = value / (value - corners[next]);
            const place = [0, 1].map(axis => places[corner][axis] + share * (places[next][axis] - places[corner][axis]));
            outline.push({ place, leaves: value > 0 });
        }
    });
    outline.forEach(({ place, leaves }, index) => {
        region[index === 0 ? 'moveTo' : 'lineTo'](...place);
        if (leaves) {
            line.moveTo(...place);
            line.lineTo(...outline[(index + 1) % outline.length].place);
        }
    });
    region.closePath();
}

/** Lays paper over a plot, the thicker the less sure the prediction; where there is none, all of it. */
function fade({ pen, color, kept }, { columns, rows, at }, numbers, plot) {
    kept.veil ??= document.createElement('canvas');
    if (kept.veil.width !== columns || kept.veil.height !== rows) {
        Object.assign(kept.veil, { width: columns, height: rows });
    }
    const veil = kept.veil.getContext('2d');
    const image = veil.createImageData(columns, rows);
    const [red, green, blue] = color('paper').match(/[\d.]+/g).map(Number);
    for (let index = 0; index < columns * rows; index += 1) {
        const sure = Math.abs(2 * numbers[at + index] - 1);
        // Rows of an image are from the top.
        const pixel = 4 * ((rows - 1 - Math.floor(index / columns)) * columns + index % columns);
        image.data[pixel] = red;
        image.data[pixel + 1] = green;
        image.data[pixel + 2] = blue;
        image.data[pixel + 3] = 255 * (Number.isNaN(sure) ? 1 : UNSURE * (1 - sure));
    }
    veil.putImageData(image, 0, 0);
    pen.drawImage(kept.veil, plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
}

function paint(sheet, grid, numbers, plot) {
    const { pen, color } = sheet;
    const { region, line } = regions(grid, numbers, plot);
    pen.fillStyle = color('class-0-region');
    pen.fillRect(plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
    pen.fillStyle = color('class-1-region');
    pen.fill(region);
    fade(sheet, grid, numbers, plot);
    pen.strokeStyle = color('ink');
    pen.lineWidth = 1.6;
    pen.lineCap = 'round';
    pen.setLineDash(DASHES.solid);
    pen.stroke(line);
    pen.lineCap = 'butt';
}

/** Draws examples, class by class. */
function examples(sheet, { at, count }, numbers, x, y, radius) {
    const classes = [[], []];
    for (let index = at; index + 2 < at + count; index += 3) {
        const places = classes[numbers[index + 2] > 0.5 ? 1 : 0];
        places.push(x.at(numbers[index]), y.at(numbers[index + 1]));
    }
    classes.forEach((places, label) => marks(sheet, `class-${label}`, places, radius));
}

function allExamples(sheet, { points, dev }, numbers, x, y) {
    if (dev) {
        sheet.pen.globalAlpha = LIGHT;
        examples(sheet, dev, numbers, x, y, SMALL);
        sheet.pen.globalAlpha = 1;
    }
    examples(sheet, points, numbers, x, y, 0.8 * MARK);
}

/** What examples look like on this sheet: while it stays the same, they are not drawn again. */
function lookOf({ color }, { extent, points, dev }, numbers, plot) {
    const values = [points, dev].flatMap(place => (place ? [place.count, ...numbers.subarray(place.at, place.at + place.count)] : [0]));
    return [...extent, ...values, plot.left, plot.right, color('class-0'), color('class-1')];
}

/** Lays the examples over the plane from a canvas of their own, since they are the same in almost all frames. */
function layExamples(sheet, panel, numbers, x, y, plot) {
    const { pen, kept, width, height } = sheet;
    const look = lookOf(sheet, panel, numbers, plot);
    kept.layer ??= document.createElement('canvas');
    const { canvas } = pen;
    const isSame = kept.look?.length === look.length && look.every((value, index) => Object.is(value, kept.look[index]));
    if (!isSame || kept.layer.width !== canvas.width || kept.layer.height !== canvas.height) {
        Object.assign(kept.layer, { width: canvas.width, height: canvas.height });
        const layer = kept.layer.getContext('2d');
        layer.setTransform(pen.getTransform());
        inside({ ...sheet, pen: layer }, plot, MARK, () => allExamples({ ...sheet, pen: layer }, panel, numbers, x, y));
        kept.look = look;
    }
    pen.drawImage(kept.layer, 0, 0, width, height);
}

function drawBoundary(sheet, panel, numbers) {
    const { pen } = sheet;
    const [x0, x1, y0, y1] = panel.extent;
    const x = new Scale({ label: 'x₁', min: x0, max: x1, log: false });
    const y = new Scale({ label: 'x₂', min: y0, max: y1, log: false });
    const plot = frame(sheet, x, y, { ratio: Math.max(RATIOS[0], Math.min(RATIOS[1], y.length / x.length)) });
    inside(sheet, plot, 0, () => paint(sheet, panel.grid, numbers, plot));
    pen.beginPath();
    pen.rect(crisp(plot.left), crisp(plot.top), plot.right - plot.left, plot.bottom - plot.top);
    stroke(sheet, 'ink', HAIRLINE);
    layExamples(sheet, panel, numbers, x, y, plot);
}

/* The network */

/** Room around the units. */
const MARGIN = 8;
/** The least distance of units in a layer, and of layers; more of them are left out in the middle. */
const UNITS_APART = 11;
const LAYERS_APART = 26;
/** The largest radius of a unit. */
const LARGEST = 9;
/** The width of the largest weight's edge, finer where there are more than `MANY`, and of the least that is drawn. */
const WIDEST = 3;
const MANY = 60;
const FINEST = 0.4;
/** Edges of about one width are drawn at once. */
const WIDTHS = 5;

/** Which of `count` things to show when there is room for `most`: all, or the first and the last with `null` between. */
function fitting(count, most) {
    const indices = Array.from({ length: count }, (_, index) => index);
    if (count <= Math.max(1, most)) {
        return indices;
    }
    const first = Math.max(1, Math.ceil((most - 1) / 2));
    const last = Math.max(0, Math.floor((most - 1) / 2));
    return [...indices.slice(0, first), null, ...indices.slice(count - last)];
}

/** The places of the units that are shown: for each layer that is, or `null` between, a list of units. */
function layout({ layers }, { width, height }) {
    const shown = fitting(layers.length, Math.floor((width - 2 * MARGIN) / LAYERS_APART));
    const across = (width - 2 * MARGIN) / shown.length;
    const starts = layers.map((_, layer) => layers.slice(0, layer).reduce((sum, units) => sum + units, 0));
    return shown.map((layer, column) => {
        const x = MARGIN + (column + 0.5) * across;
        const units = layer === null ? [null] : fitting(layers[layer], Math.floor((height - 2 * MARGIN - TEXT) / UNITS_APART));
        const down = (height - 2 * MARGIN - TEXT) / units.length;
        const radius = Math.max(2, Math.min(LARGEST, 0.38 * down, 0.3 * across));
        const places = units.map((unit, row) => ({ unit, x, y: MARGIN + (row + 0.5) * down, radius, index: starts[layer] + unit }));
        return { layer, x, units: places };
    });
}

/** All edges between shown units: from where to where, the weight, and whether an end of it is out. */
function edges({ layers, edges: { at }, dropped }, columns, numbers) {
    const isOut = ({ index }) => Boolean(dropped) && numbers[dropped.at + index] > 0.5;
    const sizes = layers.slice(1).map((units, layer) => units * layers[layer]);
    const starts = sizes.map((_, layer) => at + sizes.slice(0, layer).reduce((sum, size) => sum + size, 0));
    const pairs = columns.slice(1).map((to, column) => [columns[column], to]);
    const adjacent = pairs.filter(([from, to]) => from.layer !== null && to.layer !== null);
    const real = ({ units }) => units.filter(({ unit }) => unit !== null);
    return adjacent.flatMap(([from, to]) => real(to).flatMap(end => real(from).map(start => ({
        start, end, weight: numbers[starts[from.layer] + end.unit * layers[from.layer] + start.unit], isOut: isOut(start) || isOut(end),
    }))));
}

/** Draws the edges by sign and size, the fine ones first. */
function drawEdges(sheet, all) {
    const out = all.filter(({ isOut }) => isOut);
    strokeEdges(sheet, out, 'faint', HAIRLINE);
    const rest = all.filter(({ isOut, weight }) => !isOut && Number.isFinite(weight) && weight !== 0);
    const most = rest.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0);
    const widest = WIDEST * Math.min(1, Math.sqrt(MANY / all.length));
    for (let size = 0; size < WIDTHS; size += 1) {
        const width = FINEST + Math.max(FINEST, widest - FINEST) * size / (WIDTHS - 1);
        const some = rest.filter(({ weight }) => Math.round(Math.abs(weight) / most * (WIDTHS - 1)) === size);
        strokeEdges(sheet, some.filter(({ weight }) => weight > 0), 'class-0', width);
        strokeEdges(sheet, some.filter(({ weight }) => weight < 0), 'class-1', width, DASHES.short);
    }
}

function strokeEdges(sheet, some, role, width, dash) {
    const { pen } = sheet;
    pen.beginPath();
    for (const { start, end } of some) {
        pen.moveTo(start.x, start.y);
        pen.lineTo(end.x, end.y);
    }
    stroke(sheet, role, width, dash);
}

/** Draws a unit, the fuller the more active; one that is out is faint and crossed out. */
function drawUnit(sheet, { x, y, radius }, activation, isOut) {
    const { pen, color } = sheet;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = color('paper');
    pen.fill();
    if (!isOut) {
        pen.globalAlpha = Math.max(0, Math.min(1, activation || 0));
        pen.fillStyle = color('ink');
        pen.fill();
        pen.globalAlpha = 1;
    }
    stroke(sheet, isOut ? 'faint' : 'ink', HAIRLINE);
    if (isOut) {
        const arm = 0.7 * radius;
        pen.beginPath();
        pen.moveTo(x - arm, y - arm);
        pen.lineTo(x + arm, y + arm);
        pen.moveTo(x - arm, y + arm);
        pen.lineTo(x + arm, y - arm);
        stroke(sheet, 'quiet', 1.4);
    }
}

function drawNetwork(sheet, panel, numbers) {
    const columns = layout(panel, sheet);
    const { units, dropped } = panel;
    drawEdges(sheet, edges(panel, columns, numbers));
    for (const { layer, x, units: places } of columns) {
        for (const place of places) {
            if (place.unit === null) {
                write(sheet, layer === null ? '…' : '⋮', x, place.y + 0.35 * TEXT, 'center', true);
            } else {
                drawUnit(sheet, place, numbers[units.at + place.index], Boolean(dropped) && numbers[dropped.at + place.index] > 0.5);
            }
        }
        if (layer !== null) {
            write(sheet, String(panel.layers[layer]), x, sheet.height - 2, 'center');
        }
    }
}

Object.assign(drawing, { drawBoundary, drawNetwork });
})();
