// The worker of all widgets of a page: it holds the library, compiled to WebAssembly, and trains in slices, so that it hears what the page says in between.
// The glue of the module stands before this text; `wasm_bindgen` is its name.

/** How long a slice of training is at most, in milliseconds. */
const SLICE = 10;

/** The open widgets by the page's names for them. */
const widgets = new Map();
let starting;

/** Slices that are due after what the page has said has been heard: a message to itself waits for that alone, a timer four milliseconds as well. */
const slices = [];
const turn = new MessageChannel();
turn.port1.onmessage = () => slices.shift()();

onmessage = ({ data }) => {
    if (data.do === 'start') {
        starting = wasm_bindgen({ module_or_path: data.module });
        return;
    }
    starting.then(() => answer(data)).catch(error => refuse(data.to, error, data.do));
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
        widget.goal = Infinity;
        run(to, widget, message.stepsPerSecond);
        break;
    case 'pause':
        stop(widget);
        show(to, widget);
        break;
    case 'step':
        stop(widget);
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

/** Opens a widget, or another run of one, and takes it to the step `at`; a refused one leaves what was there. */
function open(to, { name, settings, at }) {
    const goal = wasm_bindgen.steps(at);
    const live = new wasm_bindgen.Live(name, settings);
    const old = widgets.get(to);
    if (old) {
        end(old);
    }
    const widget = { live, running: false, due: false, goal: Infinity, ended: false, underWay: false, waiting: false };
    widgets.set(to, widget);
    post(to, { opened: { ...JSON.parse(wasm_bindgen.about(name)), settings: live.settings() } });
    if (goal > 0) {
        widget.goal = goal;
        run(to, widget);
    } else {
        show(to, widget);
    }
}

/** Lets a widget run, at most so many steps a second; without a number as fast as it can. */
function run(to, widget, rate) {
    widget.rate = rate;
    count(widget);
    widget.running = true;
    if (!widget.due) {
        slice(to, widget);
    }
}

function stop(widget) {
    widget.running = false;
    widget.goal = Infinity;
}

/** From now on steps are due by the rate. */
function count(widget) {
    widget.since = performance.now();
    widget.from = widget.live.iteration();
}

function set(to, widget, { id, value }) {
    widget.live.set(id, value);
    widget.ended = false;
    if (Number.isFinite(widget.goal)) {
        // The step that it was on its way to is another run's.
        stop(widget);
    }
    count(widget);
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
    // So many steps are owed since the run went on; without a rate, as many as fit.
    const owed = widget.rate ? Math.floor((start - widget.since) / 1000 * widget.rate) - (widget.live.iteration() - widget.from) : Infinity;
    let left = Math.min(owed, widget.goal - widget.live.iteration());
    let part = 1;
    while (left > 0 && !widget.ended && performance.now() - start < SLICE) {
        const steps = Math.min(part, left);
        take(widget, steps);
        left -= steps;
        part = Math.min(2 * part, 64);
    }
    const isLate = left > 0;
    if (widget.rate && isLate) {
        // Slower than asked for: what could not be done is not owed.
        count(widget);
    }
    if (widget.ended || widget.live.iteration() >= widget.goal) {
        stop(widget);
    }
    show(to, widget);
    widget.due = widget.running;
    if (widget.running && isLate) {
        slices.push(() => next(to, widget));
        turn.port2.postMessage(null);
    } else if (widget.running) {
        setTimeout(next, 0, to, widget);
    }
}

function next(to, widget) {
    widget.due = false;
    try {
        slice(to, widget);
    } catch (error) {
        stop(widget);
        refuse(to, error, 'run');
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
        running: widget.running, goal: Number.isFinite(widget.goal) ? widget.goal : null, ended: widget.ended, settings: live.settings(),
    };
    post(to, { frame }, [numbers.buffer]);
}

/** Says what was refused, in the module's words; anything else is a breakdown of the module, and of all widgets with it. */
function refuse(to, error, asked) {
    let refused;
    try {
        refused = JSON.parse(error);
    } catch {
        refused = { control: null, message: String(error), broken: true };
    }
    post(to, { refused: { ...refused, asked } });
}

function post(from, message, transfer = []) {
    postMessage({ from, ...message }, transfer);
}
