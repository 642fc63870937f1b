'use strict';

// What a reader can set in a live widget, as elements of the page. The module says what there is and what is taken; here it only gets a shape.

(() => {

const { element } = trainableDrawing;

/** Sliders have a number beside them up to so many whole numbers; beyond that, the number alone. */
const MOST_ON_A_SLIDER = 1_000;

/** A control: its elements, the value that they show, and what is said when a value is refused. */
class Control {
    /** `set(value)` is called with what a reader has chosen, as it stands in an address. */
    constructor(widget, control, set) {
        this.id = control.id;
        this.name = `${widget}-${control.id}`;
        this.set = set;
        this.refusal = element('p', { class: 'live-refusal', id: `${this.name}-refusal`, role: 'alert' });
        const parts = this.#parts(control);
        const help = element('p', { class: 'live-help', id: `${this.name}-help` }, [control.help]);
        this.element = element('div', { class: 'live-control' }, [...parts, help, this.refusal]);
    }

    /** Shows a value that the module has taken, unless another one is being typed. */
    show(value) {
        if (this.isTyped) {
            return;
        }
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
        this.input = element('select', this.#named(), options.map(({ value, label }) => element('option', { value }, [label])));
        this.input.addEventListener('change', () => this.set(this.input.value));
        this.write = value => {
            this.input.value = value;
        };
        return [this.#label(label), this.input];
    }

    #switch({ label }) {
        this.input = element('input', { ...this.#named(), type: 'checkbox', role: 'switch' });
        this.input.addEventListener('change', () => this.set(this.input.checked ? 'on' : 'off'));
        this.write = value => {
            this.input.checked = value === 'on';
        };
        return [element('div', { class: 'live-row' }, [this.input, this.#label(label)])];
    }

    /** A number to be typed, with a slider where one makes sense and a button for the next one where not. */
    #number({ kind, label }, scale) {
        const inputmode = kind === 'integer' ? 'numeric' : 'decimal';
        this.input = element('input', { ...this.#named(), type: 'text', inputmode, autocomplete: 'off', spellcheck: 'false' });
        this.input.addEventListener('input', () => {
            this.isTyped = true;
        });
        this.input.addEventListener('change', () => {
            this.isTyped = false;
            this.set(this.input.value);
        });
        return scale ? this.#slider(label, scale) : this.#counter(label);
    }

    #counter(label) {
        const next = element('button', { type: 'button', 'aria-label': `next ${label.toLowerCase()}` }, ['Next']);
        next.addEventListener('click', () => {
            // Shown at once, so that a second click goes on from it.
            this.write(String(Number(this.shown) + 1));
            this.set(this.shown);
        });
        this.write = value => {
            this.shown = value;
            this.input.value = value;
        };
        return [this.#label(label), element('div', { class: 'live-row' }, [this.input, next])];
    }

    #slider(label, scale) {
        const { min, max, step } = scale;
        const slider = element('input', { type: 'range', min, max, step, 'aria-label': `${label}, slider` });
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
        return element('label', { for: this.name }, [text]);
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

globalThis.trainableControls = { Control };

})();
