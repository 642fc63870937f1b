'use strict';

// Generated from figures/src/role.rs by `cargo run --release --bin lab -- theme`: edit that.
globalThis.trainableRoles = {
    DASHES: {
        'dots': [2,3],
        'long': [10,4],
        'one-dot': [9,3,2,3],
        'short': [5,3],
        'solid': [],
        'two-dots': [9,3,2,3,2,3],
    },
    CORNERS: {
        'diamond': [[0.0,-1.3],[1.3,0.0],[0.0,1.3],[-1.3,0.0]],
        'down': [[0.0,1.3],[1.2,-0.85],[-1.2,-0.85]],
        'square': [[-0.9,-0.9],[0.9,-0.9],[0.9,0.9],[-0.9,0.9]],
        'up': [[0.0,-1.3],[1.2,0.85],[-1.2,0.85]],
    },
    SHAPES: {
        'class-1': 'cross',
        'dev': 'square',
        'glorot': 'diamond',
        'large': 'up',
        'raw': 'up',
        'series-2': 'square',
        'series-3': 'up',
        'series-4': 'diamond',
        'series-5': 'down',
        'series-6': 'cross',
        'small': 'down',
        'test': 'diamond',
        'xavier': 'square',
        'zeros': 'cross',
    },
};
