// Small helpers that every module of the page uses.

export const live = "live" in document.body.dataset;
export const slug = document.body.dataset.slug;
export const $ = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];
