// SPDX-License-Identifier: MIT
// nodemailer.mjs DIRECTORY PORT MESSAGES CONNECTIONS: mails of 4 kB through a pool; prints µs of processor time for each.
import { createRequire } from "node:module";

const [directory, port, messages, connections] = process.argv.slice(2);
const nodemailer = createRequire(directory + "/")("nodemailer");
const transport = nodemailer.createTransport({
    host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true,
    pool: true, maxConnections: Number(connections), maxMessages: Infinity,
});
const plain = "Three hospitals within an hour of Plano have opened permanent nights since. \n".repeat(20);
const html = `<!DOCTYPE html><html><body><p>${plain}</p></body></html>`;
const before = process.cpuUsage();
let next = 0;
const worker = async () => {
    while (next < Number(messages)) {
        const number = next++;
        await transport.sendMail({
            from: { name: "Dana Wu", address: "dana.wu@lonestar.example" },
            to: { name: "Ana Ruiz", address: `person${number}@candidates.example` },
            subject: "Still looking at ICU work near Plano, Ana?",
            messageId: `<${number}@lonestar.example>`,
            list: { unsubscribe: { url: "https://lonestar.example/u/0123456789" } },
            text: plain, html,
        });
    }
};
await Promise.all(Array.from({ length: Number(connections) }, worker));
const used = process.cpuUsage(before);
console.log((used.user + used.system) / Number(messages));
transport.close();
