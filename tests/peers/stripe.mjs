// SPDX-License-Identifier: GPL-3.0-or-later
// The official Stripe SDK against the Stripe double: node stripe.mjs HOST PORT CONTROL_SECRET
import assert from 'node:assert/strict';
import http from 'node:http';
import Stripe from 'stripe';

const [host, port, secret] = process.argv.slice(2);
const stripe = new Stripe('sk_test_peer', {
  host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0,
});

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('the call should have failed');
}

// Webhooks: what the double signs, the SDK accepts.
const received = [];
const receiver = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    try {
      const event = stripe.webhooks.constructEvent(
        Buffer.concat(parts), request.headers['stripe-signature'], secret);
      received.push(event);
      response.writeHead(200).end('{}');
    } catch (error) {
      response.writeHead(400).end(error.message);
    }
  });
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const control = (what, order) => fetch(`http://${host}:${port}/_tidewire/${what}`, {
  method: 'POST', body: JSON.stringify(order),
}).then((answer) => answer.json());
await control('webhooks', {
  url: `http://127.0.0.1:${receiver.address().port}/`, secret, events: ['*'],
});
const state = await control('deliver', { events: 12, repeats: 2, forged: 1, wait: true });
assert.equal(state.deliveries.accepted, 14);
assert.equal(state.deliveries.refused, 1);
assert.equal(received.length, 14);
assert.equal(new Set(received.map((event) => event.id)).size, 12);

// Events: auto-paging finds every one, and each is what was delivered.
const listed = await stripe.events.list({ limit: 5 }).autoPagingToArray({ limit: 100 });
assert.equal(listed.length, 12);
const fetched = await stripe.events.retrieve(received[0].id);
assert.deepEqual(fetched.data.object, received[0].data.object);

// Charges and customers.
const customer = await stripe.customers.create({ email: 'ana@example.com', metadata: { a: '1' } });
const charge = await stripe.charges.create(
  { amount: 1099, currency: 'usd', customer: customer.id, metadata: { order: '7' } },
  { idempotencyKey: 'peer-1' });
assert.equal(charge.amount, 1099);
assert.equal(charge.metadata.order, '7');
const again = await stripe.charges.create(
  { amount: 1099, currency: 'usd', customer: customer.id, metadata: { order: '7' } },
  { idempotencyKey: 'peer-1' });
assert.equal(again.id, charge.id);
assert.ok(charge.lastResponse.requestId.startsWith('req_'));
const updated = await stripe.customers.update(customer.id, { name: 'Ana', metadata: { a: '' } });
assert.deepEqual(updated.metadata, {});
const charges = await stripe.charges.list({ customer: customer.id });
assert.equal(charges.data.length, 1);
assert.equal((await stripe.customers.del(customer.id)).deleted, true);

// Errors come as the SDK's own classes.
assert.equal((await failure(stripe.charges.retrieve('ch_none'))).type, 'StripeInvalidRequestError');
assert.equal((await failure(stripe.charges.create(
  { amount: 500, currency: 'usd', source: 'tok_chargeDeclined' }))).type, 'StripeCardError');
assert.equal((await failure(stripe.charges.create(
  { amount: 5, currency: 'usd', source: 'tok_visa' }, { idempotencyKey: 'peer-1' }))).type,
  'StripeIdempotencyError');
const stranger = new Stripe('sk_live_x', { host, port, protocol: 'http', telemetry: false });
assert.equal((await failure(stranger.charges.list())).type, 'StripeAuthenticationError');

// 250 objects, page by page, both ways.
const made = [];
for (let at = 0; at < 250; ++at)
  made.push((await stripe.customers.create({ email: 'page@example.com' })).id);
const pages = (more) => stripe.customers
  .list({ email: 'page@example.com', limit: 100, ...more })
  .autoPagingToArray({ limit: 1000 })
  .then((all) => all.map((one) => one.id));
assert.deepEqual(await pages({}), [...made].reverse());
assert.deepEqual(await pages({ ending_before: made[0] }), made.slice(1));

// Payments: expanded, declined, captured in part, refunded, found.
const pay = (more) => stripe.paymentIntents.create({
  amount: 2000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa',
  metadata: { run: 'peer' }, ...more });
const paid = await pay({ expand: ['latest_charge.payment_intent'] });
assert.equal(paid.latest_charge.payment_intent.id, paid.id);
const declined = await failure(pay({ payment_method: 'pm_card_chargeDeclinedInsufficientFunds' }));
assert.equal(declined.decline_code, 'insufficient_funds');
assert.equal(declined.payment_intent.status, 'requires_payment_method');
assert.ok(declined.doc_url && declined.requestId && declined.charge);
const held = await pay({ capture_method: 'manual' });
assert.equal((await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 })).amount_received, 1500);
const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
assert.equal(refund.status, 'succeeded');
await control('search', { delay: 0 });
const found = await stripe.paymentIntents.search({ query: "status:'succeeded' AND metadata['run']:'peer'" });
assert.deepEqual(found.data.map((one) => one.id).sort(), [held.id, paid.id].sort());
const missing = await failure(pay({ customer: 'cus_gone' }));
assert.deepEqual([missing.statusCode, missing.code, missing.param], [400, 'resource_missing', 'customer']);

// Two calls with one key at the same time: one is told to come again.
await control('faults', { next: [{ delay: 700 }] });
const twins = await Promise.allSettled([0, 1].map(
  () => stripe.customers.create({ name: 'Twin' }, { idempotencyKey: 'peer-twins' })));
assert.deepEqual(twins.map((one) => one.status).sort(), ['fulfilled', 'rejected']);
const busy = twins.find((one) => one.status === 'rejected').reason;
assert.deepEqual([busy.statusCode, busy.code], [409, 'idempotency_key_in_use']);

receiver.closeAllConnections();
receiver.close();
console.log('stripe: all good');
process.exit(0);
