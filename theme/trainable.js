'use strict';

// The sidebar's toggle is a button for assistive technology; mdBook listens to the checkbox.
document.getElementById('mdbook-sidebar-toggle').addEventListener('click', () => {
    document.getElementById('mdbook-sidebar-toggle-anchor').click();
});

// What scrolls inside itself can be reached with the keyboard.
function reachScrollers() {
    document.querySelectorAll('main pre > code, main .table-wrapper, main .drawing, main math[display=block]').forEach(element => {
        if (element.scrollWidth > element.clientWidth) {
            element.tabIndex = 0;
        }
    });
}
window.addEventListener('load', reachScrollers);
window.addEventListener('resize', reachScrollers);

// Paper cannot unfold an answer.
window.addEventListener('beforeprint', () => {
    document.querySelectorAll('main details').forEach(details => {
        details.open = true;
    });
});
