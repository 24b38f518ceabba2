import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/webview/markdown';

test('markup of the model is text, not HTML', () => {
  assert.doesNotMatch(render('<script>alert(1)</script> <img src=x onerror=y>'), /<script|<img/);
});

test('an image is not fetched', () => {
  assert.doesNotMatch(render('![x](https://example.com/x.png)'), /<img/);
});

test('a link to a place keeps its target as data', () => {
  assert.match(render('[a](src/a.py#L2)'), /<a data-target="src\/a.py#L2">a<\/a>/);
});

for (const address of ['https://example.com', 'command:tandem.restart', 'javascript:alert(1)']) {
  test(`a link to ${address} leads nowhere and shows where it meant to`, () => {
    const html = render(`[here](${address})`);
    assert.doesNotMatch(html, /<a /);
    assert.match(html, /<span title="[^"]+">here<\/span>/);
  });
}

test('an address that cannot be decoded is shown as it is', () => {
  assert.match(render('[x](src/%E0%A4%A.py)'), /x/);
});
