// Calls the EMR API by the Node SDK for clients.py. The first line of standard input is how to reach it; each further line a call, whose
// answer or error becomes one line of standard output.
"use strict";
const readline = require("readline");
const { emr } = require("tencentcloud-sdk-nodejs/tencentcloud/services/emr");

let client;

function connect(how) {
  client = new emr.v20190103.Client({
    credential: { secretId: how.secretId, secretKey: how.secretKey },
    region: "local",
    profile: {
      signMethod: how.signMethod,
      httpProfile: { endpoint: how.endpoint, protocol: "http://", reqMethod: how.reqMethod, reqTimeout: how.timeout },
    },
  });
}

async function call({ action, parameters }) {
  try {
    return { answer: await client[action](parameters) };
  } catch (error) {
    return { error: { code: error.code, message: error.message, requestId: error.requestId || "" } };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const said = JSON.parse(line);
    if (client === undefined) connect(said);
    else console.log(JSON.stringify(await call(said)));
  }
}

main();
