'use strict';

// A live widget below its figure: controls, buttons, what is drawn and what is said. The worker trains; nothing here computes.

(() => {

const { Control, make } = trainableControls;
const { Panels } = trainableDrawing;

/** Steps a second to choose from, as in an address. */
const SPEEDS = [['10', '10 steps a second'], ['100', '100 steps a second'], ['1000', '1,000 steps a second'], ['10000', '10,000 steps a second'], ['max', 'as fast as it can']];
const MANY = 100;
/** Milliseconds until a state that changes no more is told and written to the address. */
const SETTLED = 400;
/** Milliseconds between what screen readers are told of a run. */
const NEWS = 10_000;
/** Milliseconds between pictures for readers who asked for less motion. */
const CALM = 1_000;
/** Milliseconds for which the button says what it has done. */
const CONFIRMED = 2_000;
const COPY = 'Copy link';

const lessMotion = matchMedia('(prefers-reduced-motion: reduce)');

/** One widget of the page. `worker` is where it is trained, `address` where its state is kept. */
class Frame {
    constructor(place, worker, address) {
        this.place = place;
        this.name = place.dataset.widget;
        this.worker = worker;
        this.address = address;
        this.controls = new Map();
        /** Values that a reader has chosen and the worker has not been asked to take yet, by control. */
        this.chosen = new Map();
        /** The control whose value the worker is asked to take. */
        this.asked = null;
        /** What the worker is asked to open, until it answers. */
        this.opening = null;
        /** Counts what has been opened: a picture of what was there before is not drawn. */
        this.opened = 0;
        /** Whether the reader wants it to run, and whether the worker has been told to. */
        this.wanted = false;
        this.runs = false;
        this.inView = true;
        this.drawnAt = -Infinity;
        this.toldAt = 0;
        this.#build();
        document.addEventListener('visibilitychange', () => this.#go());
    }

    /** Opens a state from an address. */
    restore({ settings, at, speed }) {
        this.acted = true;
        if (speed !== undefined && !SPEEDS.some(([value]) => value === speed)) {
            const values = SPEEDS.map(([value]) => value).join(', ');
            this.#refuseAddress(`Speed: expected one of ${values}, got “${speed.slice(0, 40)}”`);
            return;
        }
        this.#open(settings, at, speed);
    }

    /** Opens the widget as it begins. */
    begin() {
        this.#open('', '0');
    }

    /** What the worker says. */
    hear({ opened, set, frame, refused }) {
        if (opened) this.#opened(opened);
        if (set) this.#answered(set.settings);
        if (frame) this.#frame(frame);
        if (refused) this.#refused(refused);
    }

    /** The worker is gone: the figure stays, and the widget can be started anew. */
    breakDown(message) {
        this.place.dataset.live = 'failed';
        this.opening = null;
        this.#forget();
        this.#showRunning();
        this.#tell(`The widget has stopped: ${message}`);
        this.again.hidden = false;
    }

    /** What cannot be seen does not train. */
    seen(inView) {
        this.inView = inView;
        this.#go();
    }

    #build() {
        const { name, place } = this;
        const title = make('p', { class: 'live-title', id: `live-${name}-title` }, `${place.dataset.label}, live`);
        this.idea = make('p', { class: 'live-idea' });
        this.examples = make('div', { class: 'live-row live-examples', role: 'group', 'aria-label': 'Examples' });
        this.form = make('form', { class: 'live-controls', 'aria-label': 'What to train' });
        this.form.addEventListener('submit', event => event.preventDefault());
        this.message = make('p', { class: 'live-refusal', role: 'alert' });
        this.again = button('Start again', () => this.#anew(''));
        this.again.hidden = true;
        this.says = make('p', { class: 'live-says' }, 'Loading …');
        this.status = make('p', { class: 'live-status', role: 'status' });
        const picture = make('div', { class: 'live-panels' });
        this.panels = new Panels(picture);
        this.section = make('section', { class: 'live', id: `live-${name}`, 'aria-labelledby': title.id },
            title, this.idea, this.examples, this.form, this.#buttons(), this.message, this.again, this.says, picture, this.status);
        place.append(this.section);
    }

    #buttons() {
        this.play = button('Play', () => this.#play());
        this.play.className = 'live-play';
        const step = button('Step', () => this.#step(1));
        const many = button(`${MANY} steps`, () => this.#step(MANY));
        const reset = button('Reset', () => this.#anew(this.settings, this.speed.value));
        this.speed = make('select', { id: `live-${this.name}-speed` }, ...SPEEDS.map(([value, label]) => make('option', { value }, label)));
        this.speed.addEventListener('change', () => this.#changeSpeed());
        const label = make('label', { for: this.speed.id }, 'Speed');
        this.run = make('div', { class: 'live-row' }, this.play, step, many, reset, make('div', { class: 'live-row' }, label, this.speed));
        const defaults = button('Defaults', () => this.#anew(''));
        this.copy = button(COPY, () => this.#copy());
        return make('div', { class: 'live-row live-buttons', role: 'group', 'aria-label': 'The run' }, this.run, defaults, this.copy);
    }

    #anew(settings, speed) {
        this.acted = true;
        this.#tell('');
        this.#open(settings, '0', speed);
    }

    #open(settings, at, speed) {
        this.place.dataset.live = 'loading';
        this.#forget();
        this.again.hidden = true;
        this.opening = { speed };
        this.worker.post({ do: 'open', to: this.name, name: this.name, settings, at });
    }

    /** No run is under way, and no answer is due. */
    #forget() {
        this.wanted = false;
        this.runs = false;
        this.asked = null;
        this.chosen.clear();
    }

    #opened({ idea, examples, controls, settings, speed }) {
        if (this.controls.size === 0) {
            this.idea.textContent = idea;
            this.examples.append(...examples.map(({ label, settings }) => button(label, () => this.#anew(settings))));
            controls.forEach(control => this.#add(control));
        }
        this.takesSteps = speed !== null;
        this.run.hidden = !this.takesSteps;
        if (this.opening) this.speed.value = this.opening.speed ?? String(speed);
        this.opening = null;
        this.opened += 1;
        this.#showSettings(settings);
        this.#showRunning();
    }

    #add(control) {
        const shown = new Control(`live-${this.name}`, control, value => this.#choose(control.id, value));
        this.controls.set(control.id, shown);
        this.form.append(shown.element);
    }

    #choose(id, value) {
        this.acted = true;
        this.#tell('');
        this.chosen.set(id, value);
        this.#send();
    }

    /** Sends one value at a time: of those that a slider passes meanwhile, the last. */
    #send() {
        const next = this.chosen.entries().next();
        if (this.asked || next.done) {
            return;
        }
        const [id, value] = next.value;
        this.chosen.delete(id);
        this.asked = id;
        this.worker.post({ do: 'set', to: this.name, id, value });
    }

    #answered(settings) {
        this.asked = null;
        if (this.chosen.size === 0) {
            this.#showSettings(settings);
        }
        this.#send();
    }

    #showSettings(settings) {
        this.settings = settings;
        for (const [id, value] of new URLSearchParams(settings)) {
            this.controls.get(id)?.show(value);
        }
    }

    #refused({ control, message, asked }) {
        if (asked === 'open') {
            this.#refuseAddress(message);
            return;
        }
        const meant = this.controls.get(control ?? this.asked);
        this.asked = null;
        if (meant) {
            meant.refuse(message);
        } else {
            this.#tell(message);
        }
        this.#send();
    }

    #refuseAddress(message) {
        this.#tell(`This address is not taken, so here is the widget as it begins. ${message}`);
        this.begin();
    }

    #play() {
        this.wanted = !this.wanted;
        this.acted = true;
        this.#go();
        this.#showRunning();
    }

    #step(steps) {
        this.wanted = false;
        this.runs = false;
        this.acted = true;
        this.#showRunning();
        this.worker.post({ do: 'step', to: this.name, steps });
    }

    #changeSpeed() {
        this.acted = true;
        this.runs = false;
        this.#go();
        this.#keep();
    }

    /** Lets the worker run when a reader wants it and can see it. */
    #go() {
        const runs = this.wanted && this.inView && !document.hidden;
        if (runs === this.runs) {
            return;
        }
        this.runs = runs;
        const rate = this.speed.value === 'max' ? undefined : Number(this.speed.value);
        this.worker.post(runs ? { do: 'run', to: this.name, stepsPerSecond: rate } : { do: 'pause', to: this.name });
    }

    #frame(frame) {
        const wait = frame.running && lessMotion.matches ? this.drawnAt + CALM - performance.now() : 0;
        const { opened } = this;
        const draw = () => {
            if (!this.opening && opened === this.opened) this.#draw(frame);
            this.worker.post({ do: 'drawn', to: this.name });
        };
        setTimeout(() => requestAnimationFrame(draw), Math.max(0, wait));
    }

    #draw(frame) {
        this.frame = frame;
        this.drawnAt = performance.now();
        this.panels.show(frame.picture, frame.numbers);
        this.says.textContent = frame.goal === null ? frame.says : `On the way to step ${frame.goal}. ${frame.says}`;
        Object.assign(this.section.dataset, { iteration: frame.iteration, bits: frame.bits, settings: frame.settings });
        if (frame.ended && this.wanted) {
            this.wanted = false;
            this.runs = false;
            this.acted = true;
            this.#showRunning();
        }
        if (frame.goal === null) {
            this.place.dataset.live = 'ready';
            this.#report();
        }
    }

    /** Tells screen readers what has come of an action, and now and then how a run is doing. */
    #report() {
        const now = performance.now();
        if (!this.acted && !(this.runs && now - this.toldAt > NEWS)) {
            return;
        }
        this.toldAt = now;
        clearTimeout(this.telling);
        this.telling = setTimeout(() => {
            this.status.textContent = this.frame.says;
        }, SETTLED);
        if (this.acted) {
            this.acted = false;
            this.#keep();
        }
    }

    #showRunning() {
        this.play.textContent = this.wanted ? 'Pause' : 'Play';
        this.section.dataset.running = String(this.wanted);
    }

    #tell(message) {
        this.message.textContent = message;
    }

    /** Writes the state to the address as soon as it has settled. */
    #keep() {
        clearTimeout(this.keeping);
        this.keeping = setTimeout(() => this.address.write(this.name, this.#state()), SETTLED);
    }

    #state() {
        const run = this.takesSteps ? `&speed=${this.speed.value}&at=${this.frame.iteration}` : '';
        return this.frame.settings + run;
    }

    async #copy() {
        clearTimeout(this.keeping);
        const link = this.address.write(this.name, this.#state());
        // A page from a disk may not be allowed to.
        const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
        this.copy.textContent = copied ? 'Copied' : 'See the address';
        this.status.textContent = copied ? 'The link is copied.' : 'The link is in the address bar.';
        setTimeout(() => {
            this.copy.textContent = COPY;
        }, CONFIRMED);
    }
}

function button(label, click) {
    const element = make('button', { type: 'button' }, label);
    element.addEventListener('click', click);
    return element;
}

globalThis.trainableFrame = { Frame };

})();
