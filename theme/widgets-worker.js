// The worker of all widgets of a page: it holds the library, compiled to WebAssembly, and trains in slices, so that it hears what the page says in between.
// The glue of the module stands before this text; `wasm_bindgen` is its name.

/** How long a slice of training is at most, in milliseconds. */
const SLICE = 10;

/** The open widgets by the page's names for them. */
const widgets = new Map();
let starting;

onmessage = ({ data }) => {
    if (data.do === 'start') {
        starting = wasm_bindgen({ module_or_path: data.module });
        return;
    }
    starting.then(() => answer(data)).catch(error => post(data.to, { refused: refusal(error) }));
};

function answer(message) {
    const { to } = message;
    if (message.do === 'open') {
        return open(to, message);
    }
    const widget = widgets.get(to);
    if (!widget) {
        return;
    }
    switch (message.do) {
    case 'run':
        widget.rate = message.stepsPerSecond;
        widget.since = performance.now();
        widget.from = widget.live.iteration();
        if (!widget.running) {
            widget.running = true;
            slice(to, widget);
        }
        break;
    case 'pause':
        widget.running = false;
        show(to, widget);
        break;
    case 'step':
        widget.running = false;
        take(widget, message.steps);
        show(to, widget);
        break;
    case 'set':
        set(to, widget, message);
        break;
    case 'drawn':
        widget.underWay = false;
        if (widget.waiting) {
            show(to, widget);
        }
        break;
    case 'close':
        widgets.delete(to);
        end(widget);
        break;
    }
}

/** Lets go of a widget; a slice of its training may still be due. */
function end(widget) {
    widget.gone = true;
    widget.live.free();
}

/** Opens a widget, or another run of one; a refused one leaves what was there. */
function open(to, { name, settings, at }) {
    const live = new wasm_bindgen.Live(name, settings);
    const old = widgets.get(to);
    if (old) {
        end(old);
    }
    const widget = { live, running: false, ended: false, underWay: false, waiting: false };
    widgets.set(to, widget);
    post(to, { opened: { controls: JSON.parse(wasm_bindgen.controls(name)), settings: live.settings(), runs: live.runs() } });
    take(widget, at ?? 0);
    show(to, widget);
}

function set(to, widget, { id, value }) {
    widget.live.set(id, value);
    widget.ended = false;
    widget.since = performance.now();
    widget.from = widget.live.iteration();
    post(to, { set: { id, settings: widget.live.settings() } });
    show(to, widget);
}

function take(widget, steps) {
    if (steps > 0) {
        widget.ended = !widget.live.advance(steps);
    }
}

/** Trains for a slice, shows what has come of it, and goes on after the page has been heard. */
function slice(to, widget) {
    if (widget.gone || !widget.running) {
        return;
    }
    const start = performance.now();
    // So many steps are due since the run went on; without a rate, as many as fit.
    const due = widget.rate ? Math.floor((start - widget.since) / 1000 * widget.rate) - (widget.live.iteration() - widget.from) : Infinity;
    let left = due;
    let part = 1;
    while (left > 0 && !widget.ended && performance.now() - start < SLICE) {
        const steps = Math.min(part, left);
        take(widget, steps);
        left -= steps;
        part = Math.min(2 * part, 64);
    }
    if (widget.rate && left > 0 && Number.isFinite(left)) {
        // Slower than asked for: what could not be done is not owed.
        widget.since = performance.now();
        widget.from = widget.live.iteration();
    }
    if (widget.ended) {
        widget.running = false;
    }
    show(to, widget);
    if (widget.running) {
        setTimeout(slice, 0, to, widget);
    }
}

/** Sends a frame, unless the page has not drawn the last one yet: then as soon as it has. */
function show(to, widget) {
    if (widget.gone) {
        return;
    }
    widget.waiting = widget.underWay;
    if (widget.underWay) {
        return;
    }
    widget.underWay = true;
    const { live } = widget;
    const picture = JSON.parse(live.picture());
    const numbers = live.numbers();
    const frame = {
        picture, numbers, says: live.says(), bits: live.bits(), iteration: live.iteration(),
        running: widget.running, ended: widget.ended, settings: live.settings(),
    };
    post(to, { frame }, [numbers.buffer]);
}

/** What was refused, as the module says it; anything else is a breakdown. */
function refusal(error) {
    try {
        return JSON.parse(error);
    } catch {
        return { control: null, message: String(error), broken: true };
    }
}

function post(from, message, transfer = []) {
    postMessage({ from, ...message }, transfer);
}
