'use strict';

// Numbers and axes of the live figures, with the ticks and texts that figures/src/axis.rs gives the printed ones.
(() => {

/** A canvas does not take endless coordinates. */
const FAR = 1e4;
/** An axis covers no more and no less than this. */
const GREATEST = 1e300;
const LEAST = 1e-290;

/* Numbers */

const superscript = power => String(power).replace(/[-0-9]/g, sign => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(sign)]);

/** A number with a true minus and, if asked, its thousands apart. */
function number(value, decimals, grouped) {
    const digits = Math.abs(value).toFixed(decimals);
    const [whole, ...fraction] = digits.split('.');
    const sign = value < 0 && /[1-9]/.test(digits) ? '−' : '';
    return sign + [grouped ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole, ...fraction].join('.');
}

/** The decimals that tell multiples of a step apart. */
const decimals = step => Math.min(12, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));

const isPlain = largest => largest >= 1e-3 && largest < 1e7;

/** A multiple of `step` on an axis whose largest tick decides about grouping and powers of ten. */
function linearText(value, step, largest) {
    if (value === 0 || isPlain(largest)) {
        return number(value, isPlain(largest) ? decimals(step) : 0, largest >= 1e4);
    }
    const power = Math.floor(Math.log10(largest));
    const unit = 10 ** power;
    return `${number(value / unit, decimals(step / unit), false)}·10${superscript(power)}`;
}

function logText(factor, power, plain) {
    if (plain) {
        return number(factor * 10 ** power, Math.max(0, -power), power >= 4);
    }
    const ten = `10${superscript(power)}`;
    return factor === 1 ? ten : `${factor}·${ten}`;
}

/** A number in two digits. */
function brief(value) {
    const rounded = Number(value.toPrecision(2));
    const size = Math.abs(rounded);
    if (size === 0 || isPlain(size)) {
        const [, fraction = ''] = String(rounded).split('.');
        return number(rounded, fraction.length, size >= 1e4);
    }
    const power = Math.floor(Math.log10(size));
    return `${number(rounded / 10 ** power, 0, false)}·10${superscript(power)}`;
}

/* Axes */

/** 1, 2 or 5 times a power of ten, not below `rough`. */
function niceStep(rough) {
    const power = 10 ** Math.floor(Math.log10(rough));
    return ([1, 2, 5].find(factor => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
}

function linearTicks(low, high, step) {
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    const largest = step * Math.max(Math.abs(first), Math.abs(last));
    // Adding 0 makes a 0 of a −0.
    const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step + 0);
    return values.map(value => ({ position: value, text: linearText(value, step, largest) }));
}

/** Ticks from 10^low to 10^high: at powers of ten, between them if there are few. */
function logTicks(low, high, count) {
    const factors = high - low < 2.2 ? [1, 2, 5] : [1];
    const step = [1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 50, 100].find(step => step >= 0.85 * (high - low) / count) ?? 150;
    const plain = low >= -3.2 && high <= 4.2;
    const ticks = [];
    for (let power = Math.ceil(Math.floor(low) / step) * step; power <= Math.ceil(high); power += step) {
        ticks.push(...factors.map(factor => ({ position: power + Math.log10(factor), text: logText(factor, power, plain) })));
    }
    const shown = ticks.filter(({ position }) => position >= low - 1e-9 && position <= high + 1e-9);
    if (shown.length >= 3 || factors.length === 1) {
        return shown;
    }
    const near = linearTicks(10 ** low, 10 ** high, niceStep((10 ** high - 10 ** low) / count));
    return near.map(({ position, text }) => ({ position: Math.log10(position), text }));
}

/** Where an axis begins and ends, as positions along it: values, or their exponents. */
function ends({ min, max, log }) {
    const position = value => (log ? Math.log10(value ?? NaN) : value ?? NaN);
    let [low, high] = [position(min), position(max)].map(end => (Math.abs(end) <= GREATEST ? end : NaN));
    low = Number.isNaN(low) ? (Number.isNaN(high) ? 0 : high - 1) : low;
    high = Number.isNaN(high) ? low + 1 : high;
    [low, high] = [Math.min(low, high), Math.max(low, high)];
    if (high - low > Math.max(LEAST, 1e-9 * Math.abs(high), 1e-9 * Math.abs(low))) {
        return [low, high];
    }
    const room = log || high === 0 ? 0.5 : Math.max(0.1 * Math.abs(high), LEAST);
    return [low - room, high + room];
}

/** An axis laid along the page, from one pixel to another. */
class Scale {
    constructor(axis) {
        this.label = axis.label;
        this.log = axis.log;
        [this.low, this.high] = ends(axis);
        this.lay(0, 1);
    }

    get length() {
        return this.high - this.low;
    }

    lay(from, to) {
        this.from = from;
        this.perUnit = (to - from) / this.length;
    }

    /** The pixel of a position, not a number if it is none. */
    pixel(position) {
        const pixel = this.from + (position - this.low) * this.perUnit;
        return Number.isFinite(position) ? Math.max(-FAR, Math.min(FAR, pixel)) : NaN;
    }

    /** The pixel of a value. */
    at(value) {
        return this.pixel(this.log ? Math.log10(value) : value);
    }

    /** About so many ticks; on an axis of whole numbers that are apart, not nearer than 1. */
    ticks(count, whole = false) {
        if (this.log) {
            return logTicks(this.low, this.high, count);
        }
        const step = niceStep(this.length / count);
        return linearTicks(this.low, this.high, whole && this.length >= 1 ? Math.max(1, step) : step);
    }
}

globalThis.trainableDrawing = { LEAST, superscript, brief, Scale };
})();
