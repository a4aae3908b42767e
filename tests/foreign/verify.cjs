// Verifies deliveries with the Standard Webhooks library of JavaScript: JSON lines {secret, headers, body} on standard
// input, one word each on standard output. NODE_PATH names the folder of the library.
const { Webhook, WebhookVerificationError } = require("standardwebhooks");
const lines = require("fs").readFileSync(0, "utf8").split("\n").filter((line) => line !== "");

for (const line of lines) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(body, headers);
    console.log("good");
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    console.log("bad");
  }
}
