'use strict';

// Live widgets: each goes live below its figure when it comes into view. All of a page share one worker, which holds the library as WebAssembly.

(() => {

const { Frame } = trainableFrame;

/** How far below the view a widget goes live: it is there when a reader comes to it. */
const AHEAD = '400px';

/** The worker of the page's widgets; it begins with the first message, and anew after a breakdown. */
class Trainer {
    /** `script` is the address of the module's script; `hear` is told what the worker says, `breakDown` that it is gone. */
    constructor(script, hear, breakDown) {
        Object.assign(this, { script, hear, breakDown });
    }

    post(message) {
        if (message.do === 'open') {
            this.worker ??= this.#start();
        }
        const meant = this.worker;
        meant?.then(worker => {
            if (meant === this.worker) worker.postMessage(message);
        }, () => {});
    }

    #start() {
        const started = this.#load();
        started.catch(error => this.#stop(started, error.message));
        return started;
    }

    async #load() {
        const { glue, worker: text, module } = globalThis.trainable ?? await loaded(this.script);
        const bytes = await unpacked(module);
        const address = URL.createObjectURL(new Blob([glue, '\n', text], { type: 'text/javascript' }));
        const worker = new Worker(address);
        const started = this.worker;
        worker.onmessage = ({ data }) => {
            URL.revokeObjectURL(address);
            if (data.refused?.broken) {
                this.#stop(started, data.refused.message);
                return;
            }
            this.hear(data);
        };
        worker.onerror = event => {
            event.preventDefault();
            this.#stop(started, event.message ?? 'its worker does not start');
        };
        worker.postMessage({ do: 'start', module: bytes }, [bytes]);
        return worker;
    }

    /** Lets go of a worker that has broken down, once. */
    #stop(started, message) {
        if (started !== this.worker) {
            return;
        }
        this.worker = undefined;
        started.then(worker => worker.terminate(), () => {});
        this.breakDown(message);
    }
}

/** What the module's script brings. Unlike other ways to load something, a script works from a disk too. */
async function loaded(address) {
    const script = document.createElement('script');
    script.src = address;
    const done = new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = () => reject(new Error('its program cannot be loaded. Is the network there?'));
    });
    document.head.append(script);
    await done.finally(() => script.remove());
    if (!globalThis.trainable) {
        throw new Error(`${address} is not its program. Has the network asked you to sign in?`);
    }
    return globalThis.trainable;
}

/** The module: bytes by gzip, as base64. */
function unpacked(text) {
    const packed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream).arrayBuffer();
}

/** The state of a widget in the page's address: `#live-dropout?keep=0.8&seed=3&speed=1000&at=1200`. */
const address = {
    read() {
        const found = /^#live-([^?]+)\?(.*)$/.exec(decoded(location.hash));
        if (!found) {
            return undefined;
        }
        const [, name, text] = found;
        const pairs = text.split('&');
        const own = key => pairs.findLast(pair => pair.startsWith(`${key}=`))?.slice(key.length + 1);
        const settings = pairs.filter(pair => !/^(at|speed)=/.test(pair)).join('&');
        return { name, settings, at: own('at') ?? '0', speed: own('speed') };
    },

    /** Returns the whole address, and whether it is now the page's: browsers limit how often it can be changed, and may refuse. */
    write(name, state) {
        const { href } = new URL(`#live-${name}?${state}`, location.href);
        try {
            history.replaceState(history.state, '', href);
            return { href, isKept: true };
        } catch {
            return { href, isKept: false };
        }
    },
};

/** An address as it was meant; one that is not well written is taken as it is. */
function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Lets the widgets of a page go live as they come into view. */
function begin(places) {
    const frames = new Map();
    const trainer = new Trainer(places[0].dataset.module,
        message => frames.get(message.from)?.hear(message),
        message => frames.forEach(frame => frame.breakDown(message)));
    const frameOf = place => {
        const known = frames.get(place.dataset.widget);
        const frame = known ?? new Frame(place, trainer, address);
        frames.set(place.dataset.widget, frame);
        return { frame, known: known !== undefined };
    };

    const restore = () => {
        const state = address.read();
        const place = places.find(place => place.dataset.widget === state?.name);
        if (!place) {
            return;
        }
        const { frame } = frameOf(place);
        frame.restore(state);
        frame.section.scrollIntoView();
    };

    const observer = new IntersectionObserver(entries => {
        for (const { target, isIntersecting } of entries) {
            if (!isIntersecting && !frames.has(target.dataset.widget)) {
                continue;
            }
            const { frame, known } = frameOf(target);
            if (known) {
                frame.seen(isIntersecting);
            } else {
                frame.begin();
            }
        }
    }, { rootMargin: AHEAD });

    restore();
    window.addEventListener('hashchange', restore);
    places.forEach(place => observer.observe(place));
}

// The whole book on one page is for printing.
const printed = location.pathname.endsWith('/print.html');
const places = printed ? [] : [...document.querySelectorAll('.widget[data-module]')];
if (places.length > 0 && 'WebAssembly' in window && 'DecompressionStream' in window) {
    begin(places);
}

})();
