// The built book as files and as a server on this machine.

import { createReadStream, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = resolve(fileURLToPath(import.meta.url), "../../..");

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".otf": "font/otf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** All files of a folder, as paths below it with `/` between the parts, sorted. */
export function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** The file that a URL's path stands for, as a server would find it; undefined if there is none. */
export function fileOf(folder, pathname) {
  const path = resolve(folder, "." + decodeURIComponent(pathname));
  if (path !== folder && !path.startsWith(folder + sep)) return undefined;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile()) return path;
  const index = join(path, "index.html");
  return stat?.isDirectory() && statSync(index, { throwIfNoEntry: false }) ? index : undefined;
}

/** Serves a folder on a free port of 127.0.0.1; `origin` is its address. */
export async function serve(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const file = fileOf(folder, pathname);
    // A browser asks for it by itself where a page names no icon.
    if (!file && pathname === "/favicon.ico") return response.writeHead(204).end();
    const answer = file ?? join(folder, "404.html");
    response.writeHead(file ? 200 : 404, {
      "content-type": types[extname(answer)] ?? "application/octet-stream",
    });
    createReadStream(answer)
      .on("error", () => response.end())
      .pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => server.close(),
  };
}
