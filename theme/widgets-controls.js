'use strict';

// What a reader can set in a live widget, as elements of the page. The module says what there is and what is taken; here it only gets a shape.

(() => {

/** Sliders have a number beside them up to so many whole numbers; beyond that, the number alone. */
const MOST_ON_A_SLIDER = 1_000;

/** An element with attributes, and what it holds. */
function make(tag, attributes = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        element.setAttribute(name, value);
    }
    element.append(...inside);
    return element;
}

/** A control: its elements, the value that they show, and what is said when a value is refused. */
class Control {
    /** `set(value)` is called with what a reader has chosen, as it stands in an address. */
    constructor(widget, control, set) {
        this.id = control.id;
        this.name = `${widget}-${control.id}`;
        this.set = set;
        this.refusal = make('p', { class: 'live-refusal', id: `${this.name}-refusal`, role: 'alert' });
        const parts = this.#parts(control);
        const help = make('p', { class: 'live-help', id: `${this.name}-help` }, control.help);
        this.element = make('div', { class: `live-control live-${control.kind}` }, ...parts, help, this.refusal);
    }

    /** Shows a value that the module has taken. */
    show(value) {
        this.refuse('');
        this.write(value);
    }

    /** Says why a value is not taken; what was typed stays, to be mended. */
    refuse(message) {
        this.refusal.textContent = message;
        this.input.setAttribute('aria-invalid', String(message !== ''));
    }

    #parts(control) {
        switch (control.kind) {
        case 'choice':
            return this.#choice(control);
        case 'switch':
            return this.#switch(control);
        case 'range':
            return this.#number(control, control.log ? new Decades(control) : new Even(control, control.step));
        default: {
            const slides = control.max - control.min <= MOST_ON_A_SLIDER;
            return this.#number(control, slides ? new Even(control, 1) : null);
        }
        }
    }

    #choice({ label, options }) {
        this.input = make('select', this.#named(), ...options.map(({ value, label }) => make('option', { value }, label)));
        this.input.addEventListener('change', () => this.set(this.input.value));
        this.write = value => {
            this.input.value = value;
        };
        return [this.#label(label), this.input];
    }

    #switch({ label }) {
        this.input = make('input', { ...this.#named(), type: 'checkbox', role: 'switch' });
        this.input.addEventListener('change', () => this.set(this.input.checked ? 'on' : 'off'));
        this.write = value => {
            this.input.checked = value === 'on';
        };
        return [make('div', { class: 'live-row' }, this.input, this.#label(label))];
    }

    /** A number to be typed, with a slider where one makes sense and a button for the next one where not. */
    #number({ kind, label }, scale) {
        const inputmode = kind === 'integer' ? 'numeric' : 'decimal';
        this.input = make('input', { ...this.#named(), type: 'text', inputmode, autocomplete: 'off', spellcheck: 'false' });
        this.input.addEventListener('change', () => this.set(this.input.value));
        if (!scale) {
            const next = make('button', { type: 'button' }, 'Next');
            next.setAttribute('aria-label', `next ${label.toLowerCase()}`);
            next.addEventListener('click', () => this.set(String(Number(this.shown) + 1)));
            this.write = value => {
                this.shown = value;
                this.input.value = value;
            };
            return [this.#label(label), make('div', { class: 'live-row' }, this.input, next)];
        }
        const { min, max, step } = scale;
        const slider = make('input', { type: 'range', min, max, step, 'aria-label': `${label}, slider` });
        slider.addEventListener('input', () => {
            const value = scale.value(Number(slider.value));
            this.input.value = value;
            slider.setAttribute('aria-valuetext', value);
            this.set(value);
        });
        this.write = value => {
            this.input.value = value;
            slider.value = scale.position(Number(value));
            slider.setAttribute('aria-valuetext', value);
        };
        return [this.#label(label), this.input, slider];
    }

    #named() {
        return { id: this.name, 'aria-describedby': `${this.name}-help`, 'aria-errormessage': `${this.name}-refusal` };
    }

    #label(text) {
        return make('label', { for: this.name }, text);
    }
}

/** A slider whose steps are all of one size. */
class Even {
    constructor({ min, max }, step) {
        Object.assign(this, { min, max, step });
    }

    value(position) {
        return String(Number(position.toPrecision(6)));
    }

    position(value) {
        return value;
    }
}

/** A logarithmic slider; its positions are decades. */
class Decades {
    constructor({ min, max, step }) {
        this.least = min;
        this.greatest = max;
        this.min = Math.log10(min);
        this.max = Math.log10(max);
        this.step = step;
    }

    /** Three digits are as many as a slider can tell apart. */
    value(position) {
        const value = Number((10 ** position).toPrecision(3));
        return String(Math.min(Math.max(value, this.least), this.greatest));
    }

    position(value) {
        return Math.log10(value);
    }
}

globalThis.trainableControls = { Control, make };

})();
