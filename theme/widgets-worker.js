// The worker of all widgets of a page: it holds the library, compiled to WebAssembly, and trains in slices, so that it hears what the page says in between.
// The glue of the module stands before this text; `wasm_bindgen` is its name.

/** How long a slice of training is at most, in milliseconds. */
const SLICE = 10;

/** The open widgets by the page's names for them. */
const widgets = new Map();
let starting;

/** Slices that follow as soon as what the page has said is heard: a message to itself waits for that alone, a timer four milliseconds as well. */
const slices = [];
const turn = new MessageChannel();
turn.port1.onmessage = () => slices.shift()();

onmessage = ({ data }) => {
    if (data.do === 'start') {
        starting = wasm_bindgen({ module_or_path: data.module });
        return;
    }
    starting.then(() => answer(data)).catch(error => refuse(data, error));
};

function answer(message) {
    if (message.do === 'open') {
        open(message);
        return;
    }
    const widget = widgets.get(message.to);
    if (!widget) {
        return;
    }
    switch (message.do) {
    case 'reset':
        open({ ...message, name: widget.name, settings: widget.live.settings(), at: '0' });
        break;
    case 'run':
        run(widget, message.stepsPerSecond);
        break;
    case 'pause':
        widget.running = false;
        show(widget);
        break;
    case 'step':
        stop(widget);
        take(widget, message.steps);
        show(widget);
        break;
    case 'set':
        set(widget, message);
        break;
    case 'drawn':
        drawn(widget, message.opening);
        break;
    }
}

/** Opens a widget, or another run of one, which `run` then takes to the step `at` first. A refused one leaves what was there. `opening` is the page's number for it, and comes back with all that is said of it. */
function open({ to, opening, name, settings, at }) {
    const steps = wasm_bindgen.steps(at);
    const live = new wasm_bindgen.Live(name, settings);
    const old = widgets.get(to);
    if (old) {
        old.gone = true;
        old.live.free();
    }
    const goal = steps > 0 ? steps : Infinity;
    const widget = { to, opening, name, live, goal, part: 1, running: false, due: false, ended: false, underWay: false, waiting: false };
    widgets.set(to, widget);
    post(widget, { opened: { ...JSON.parse(wasm_bindgen.about(name)), settings: live.settings() } });
    show(widget);
}

/** Lets a widget run, at most so many steps a second; without a number, and on the way to a state, as fast as it can. */
function run(widget, rate) {
    widget.rate = rate;
    count(widget);
    widget.running = true;
    if (!widget.due) {
        slice(widget);
    }
}

/** A state that it was on its way to is given up. */
function stop(widget) {
    widget.running = false;
    widget.goal = Infinity;
}

/** From now on steps are owed by the rate. */
function count(widget) {
    widget.since = performance.now();
    widget.from = widget.live.iteration();
}

function set(widget, { id, value }) {
    widget.live.set(id, value);
    widget.ended = false;
    widget.part = 1;
    if (isOnTheWay(widget)) {
        stop(widget);
    }
    count(widget);
    post(widget, { set: { id, settings: widget.live.settings() } });
    show(widget);
}

function take(widget, steps) {
    if (steps > 0) {
        widget.ended = !widget.live.advance(steps);
    }
}

const isOnTheWay = widget => Number.isFinite(widget.goal);

/** Trains for a slice, shows what has come of it, and goes on after the page has been heard. */
function slice(widget) {
    if (widget.gone || !widget.running) {
        return;
    }
    const start = performance.now();
    const before = widget.live.iteration();
    const rate = isOnTheWay(widget) ? undefined : widget.rate;
    // So many steps are owed since the run went on; without a rate, as many as fit.
    const owed = rate ? Math.floor((start - widget.since) / 1000 * rate) - (before - widget.from) : Infinity;
    let left = Math.min(owed, widget.goal - before);
    let now = start;
    while (left > 0 && !widget.ended && now - start < SLICE) {
        const steps = Math.min(widget.part, left);
        take(widget, steps);
        left -= steps;
        const took = performance.now() - now;
        now += took;
        widget.part = adapted(widget.part, steps, took);
    }
    const isLate = left > 0;
    if (rate && isLate) {
        // Slower than asked for: what could not be done is not owed.
        count(widget);
    }
    if (widget.ended || widget.live.iteration() >= widget.goal) {
        stop(widget);
    }
    if (!widget.running || widget.live.iteration() > before) {
        show(widget);
    }
    if (widget.running) {
        schedule(widget, rate, isLate);
    }
}

/** How many steps are taken before the clock is asked again: as many as take a small part of a slice. */
function adapted(part, steps, took) {
    if (took > SLICE / 2) {
        return Math.max(1, steps >> 1);
    }
    return steps === part && took < SLICE / 8 ? 2 * part : part;
}

/** The next slice follows at once, or when its first step is owed. */
function schedule(widget, rate, isLate) {
    widget.due = true;
    if (isLate) {
        slices.push(() => next(widget));
        turn.port2.postMessage(null);
        return;
    }
    const done = widget.live.iteration() - widget.from;
    setTimeout(next, widget.since + 1000 * (done + 1) / rate - performance.now(), widget);
}

function next(widget) {
    widget.due = false;
    try {
        slice(widget);
    } catch (error) {
        stop(widget);
        refuse({ ...widget, do: 'run' }, error);
    }
}

/** Sends a frame, unless the page has not drawn the last one yet: then as soon as it has. */
function show(widget) {
    widget.waiting = widget.underWay;
    if (widget.underWay) {
        return;
    }
    widget.underWay = true;
    const { live } = widget;
    const picture = JSON.parse(live.picture());
    const numbers = live.numbers();
    const frame = {
        picture, numbers, says: live.says(), bits: live.bits(), iteration: live.iteration(), settings: live.settings(),
        running: widget.running, ended: widget.ended, goal: isOnTheWay(widget) ? widget.goal : null,
    };
    post(widget, { frame }, [numbers.buffer]);
}

/** The page has drawn a frame, which may have been another run's. */
function drawn(widget, opening) {
    if (opening !== widget.opening) {
        return;
    }
    widget.underWay = false;
    if (widget.waiting) {
        show(widget);
    }
}

/** Says what was refused, in the module's words; anything else is a breakdown of the module, and of all widgets with it. */
function refuse(message, error) {
    let refused;
    try {
        refused = JSON.parse(error);
    } catch {
        refused = { control: null, message: String(error), broken: true };
    }
    post(message, { refused: { ...refused, asked: message.do } });
}

function post({ to, opening }, message, transfer = []) {
    postMessage({ from: to, opening, ...message }, transfer);
}
