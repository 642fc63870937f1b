'use strict';

// A live widget below its figure: controls, buttons, what is drawn and what is said. The worker trains; nothing here computes.

(() => {

const { Control } = trainableControls;
const { Panels, element } = trainableDrawing;

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
/** The state in which a widget begins. */
const BEGINNING = { settings: '', at: '0' };

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
        /** Counts what the worker is asked to open: what it still says of anything else is not for now. */
        this.opening = 0;
        /** Whether it is on the way to a step that an address asks for. */
        this.travels = false;
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
    restore(state) {
        const { speed } = state;
        this.acted = true;
        this.state = state;
        this.#tell('');
        if (speed !== undefined && !SPEEDS.some(([value]) => value === speed)) {
            const values = SPEEDS.map(([value]) => value).join(', ');
            this.#refuseAddress(`Speed: expected one of ${values}, got “${speed.slice(0, 40)}”`);
            return;
        }
        this.#open(state);
    }

    /** Opens the widget as it begins. */
    begin() {
        this.#open(BEGINNING);
    }

    /** What the worker says. */
    hear({ opening, opened, set, frame, refused }) {
        if (opening !== this.opening) return;
        if (opened) this.#opened(opened);
        if (set) this.#taken(set);
        if (frame) this.#frame(frame);
        if (refused) this.#refused(refused);
    }

    /** The worker is gone: the figure stays, and the state can be opened anew. */
    breakDown(message) {
        this.place.dataset.live = 'failed';
        if (this.frame) {
            this.state = { settings: this.frame.settings, at: String(this.frame.iteration), speed: this.speed.value };
        } else {
            this.says.textContent = '';
        }
        this.opening += 1;
        this.#forget();
        this.#usable(false);
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
        this.title = element('p', { class: 'live-title', id: `live-${name}-title` }, ['Live']);
        this.idea = element('p');
        this.examples = element('div', { class: 'live-row live-examples', role: 'group', 'aria-label': 'Examples' });
        this.form = element('form', { class: 'live-controls', 'aria-label': 'What to train' });
        this.form.addEventListener('submit', event => event.preventDefault());
        this.buttons = this.#buttons();
        this.message = element('p', { class: 'live-refusal', role: 'alert' });
        this.again = button('Start again', () => {
            this.section.focus();
            this.#anew(this.state);
        });
        this.again.hidden = true;
        this.says = element('p', { class: 'live-says' }, ['Loading …']);
        this.status = element('p', { class: 'live-status', role: 'status' });
        const picture = element('div');
        this.panels = new Panels(picture);
        this.section = element('section', { class: 'live', id: `live-${name}`, 'aria-labelledby': this.title.id, tabindex: '-1' },
            [this.title, this.idea, this.examples, this.form, this.buttons, this.message, this.again, this.says, picture, this.status]);
        this.#usable(false);
        place.append(this.section);
    }

    #buttons() {
        this.play = button('Play', () => this.#play());
        this.play.className = 'live-play';
        const step = button('Step', () => this.#step(1));
        const many = button(`${MANY} steps`, () => this.#step(MANY));
        const reset = button('Reset', () => this.#reset());
        this.speed = element('select', { id: `live-${this.name}-speed` }, SPEEDS.map(([value, label]) => element('option', { value }, [label])));
        this.speed.addEventListener('change', () => this.#changeSpeed());
        const label = element('label', { for: this.speed.id }, ['Speed']);
        this.stepping = element('div', { class: 'live-row' }, [this.play, step, many, reset, element('div', { class: 'live-row' }, [label, this.speed])]);
        const defaults = button('Defaults', () => this.#anew(BEGINNING));
        this.copy = button(COPY, () => this.#copy());
        return element('div', { class: 'live-row live-buttons', role: 'group', 'aria-label': 'The run' }, [this.stepping, defaults, this.copy]);
    }

    /** Nothing can be set before there is something to set, and after a breakdown. */
    #usable(isUsable) {
        for (const part of [this.examples, this.form, this.buttons]) {
            part.inert = !isUsable;
        }
    }

    #anew(state) {
        this.acted = true;
        this.#tell('');
        this.#open(state);
    }

    #open(state) {
        this.place.dataset.live = 'loading';
        this.#forget();
        this.again.hidden = true;
        this.state = state;
        this.opening += 1;
        const { settings, at } = state;
        this.#post({ do: 'open', name: this.name, settings, at });
    }

    /** The same settings anew, also those that the worker has not taken yet. */
    #reset() {
        this.acted = true;
        this.#tell('');
        this.chosen.forEach((value, id) => this.#post({ do: 'set', id, value }));
        this.#forget();
        this.state = { ...BEGINNING, speed: this.speed.value };
        this.opening += 1;
        this.#post({ do: 'reset' });
    }

    /** Says something to the worker; its answer comes with the number of what is open now. */
    #post(message) {
        this.worker.post({ to: this.name, opening: this.opening, ...message });
    }

    /** No run is under way, and no answer is due. */
    #forget() {
        this.travels = false;
        this.wanted = false;
        this.runs = false;
        this.asked = null;
        this.chosen.clear();
    }

    #opened({ title, idea, examples, controls, settings, speed }) {
        if (this.controls.size === 0) {
            this.title.textContent = `${title}, live`;
            this.idea.textContent = idea;
            this.examples.append(...examples.map(({ label, settings }) => button(label, () => this.#anew({ ...BEGINNING, settings }))));
            controls.forEach(control => this.#add(control));
        }
        this.takesSteps = speed !== null;
        this.stepping.hidden = !this.takesSteps;
        this.speed.value = this.state.speed ?? String(speed);
        for (const [id, value] of new URLSearchParams(settings)) {
            this.controls.get(id)?.show(value);
        }
        this.travels = Number(this.state.at) > 0;
        this.wanted = this.travels;
        this.#go();
        this.#showRunning();
    }

    #add(control) {
        const shown = new Control(`live-${this.name}`, control, value => this.#choose(control.id, value));
        this.controls.set(control.id, shown);
        this.form.append(shown.element);
    }

    #choose(id, value) {
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
        this.#post({ do: 'set', id, value });
    }

    /** A value is taken; one that is being chosen meanwhile is not shown over. */
    #taken({ id, settings }) {
        this.asked = null;
        if (!this.chosen.has(id)) {
            this.controls.get(id)?.show(new URLSearchParams(settings).get(id));
        }
        this.#send();
    }

    #refused({ control, message, asked }) {
        switch (asked) {
        case 'open':
            this.#refuseAddress(message);
            break;
        case 'set': {
            const meant = this.controls.get(control ?? this.asked);
            this.asked = null;
            meant?.refuse(message);
            this.#send();
            break;
        }
        default:
            this.wanted = false;
            this.runs = false;
            this.#showRunning();
            this.#tell(message);
        }
    }

    #refuseAddress(message) {
        if (this.state === BEGINNING) {
            this.breakDown(message);
            return;
        }
        this.#tell(`This address is not taken, so here is the widget as it begins. ${message}`);
        this.begin();
    }

    #play() {
        this.wanted = !this.wanted;
        this.#go();
        this.#showRunning();
    }

    #step(steps) {
        this.wanted = false;
        this.runs = false;
        this.#showRunning();
        this.#post({ do: 'step', steps });
    }

    #changeSpeed() {
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
        this.#post(runs ? { do: 'run', stepsPerSecond: rate } : { do: 'pause' });
    }

    #frame(frame) {
        const wait = frame.running && lessMotion.matches ? this.drawnAt + CALM - performance.now() : 0;
        const { opening } = this;
        const draw = () => {
            this.#post({ do: 'drawn', opening });
            if (opening === this.opening) this.#draw(frame);
        };
        setTimeout(() => requestAnimationFrame(draw), Math.max(0, wait));
    }

    #draw(frame) {
        const { frame: last } = this;
        this.frame = frame;
        this.#usable(true);
        this.drawnAt = performance.now();
        this.panels.show(frame.picture, frame.numbers);
        this.says.textContent = frame.goal === null ? frame.says : `On the way to step ${frame.goal}. ${frame.says}`;
        Object.assign(this.section.dataset, { iteration: frame.iteration, bits: frame.bits, settings: frame.settings });
        const isThere = frame.goal === null && this.travels;
        if (isThere || (frame.ended && this.wanted)) {
            this.travels = false;
            this.wanted = false;
            this.runs = false;
            this.#showRunning();
        }
        // What has changed and does not go on changing is what a reader has done.
        if (last && (frame.settings !== last.settings || frame.running !== last.running || (!frame.running && frame.iteration !== last.iteration))) {
            this.acted = true;
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
        this.keeping = setTimeout(() => this.address.write(this.name, this.#shared()), SETTLED);
    }

    /** The state as it stands in an address. */
    #shared() {
        const { settings, goal, iteration } = this.frame;
        return this.takesSteps ? `${settings}&speed=${this.speed.value}&at=${goal ?? iteration}` : settings;
    }

    async #copy() {
        clearTimeout(this.keeping);
        const { href, isKept } = this.address.write(this.name, this.#shared());
        // A page from a disk may not be allowed to.
        const isCopied = await navigator.clipboard?.writeText(href).then(() => true, () => false);
        if (!isCopied && !isKept) {
            this.#tell(`The link could not be copied. It is ${href}`);
            return;
        }
        this.copy.textContent = isCopied ? 'Copied' : 'See the address';
        this.status.textContent = isCopied ? 'The link is copied.' : 'The link is in the address bar.';
        setTimeout(() => {
            this.copy.textContent = COPY;
        }, CONFIRMED);
    }
}

function button(label, click) {
    const made = element('button', { type: 'button' }, [label]);
    made.addEventListener('click', click);
    return made;
}

globalThis.trainableFrame = { Frame };

})();
