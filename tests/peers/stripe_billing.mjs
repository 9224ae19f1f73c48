// SPDX-License-Identifier: GPL-3.0-or-later
// The official Stripe SDK drives the double's billing: node stripe_billing.mjs HOST PORT
import assert from 'node:assert/strict';
import Stripe from 'stripe';

const [host, port] = process.argv.slice(2);
const stripe = new Stripe('sk_test_peer', {
  host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0,
});
const day = 86400;

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('the call should have failed');
}

async function advance(clock, to) {
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to });
  for (;;) {
    const now = await stripe.testHelpers.testClocks.retrieve(clock);
    if (now.status === 'ready') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Customer, product, price, subscription, invoice, refund.
const start = 1775001600;
const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
const customer = await stripe.customers.create({ email: 'ana@example.com', test_clock: clock.id });
const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
await stripe.customers.update(customer.id, {
  invoice_settings: { default_payment_method: card.id },
});
const product = await stripe.products.create({ name: 'Gold' });
const price = await stripe.prices.create({
  product: product.id, currency: 'usd', unit_amount: 1999, recurring: { interval: 'month' },
  lookup_key: 'gold',
});
const found = await stripe.prices.list({ lookup_keys: ['gold', 'silver'] });
assert.deepEqual(found.data.map((one) => one.id), [price.id]);
let subscription = await stripe.subscriptions.create({
  customer: customer.id, items: [{ price: price.id, quantity: 2 }], metadata: { order: '7' },
  expand: ['latest_invoice.payments'], // Four names at most: the intent would be the fifth.
});
assert.equal(subscription.status, 'active');
const first = subscription.latest_invoice;
assert.equal(first.amount_paid, 3998);
const intent = await stripe.paymentIntents.retrieve(first.payments.data[0].payment.payment_intent);
assert.equal(intent.status, 'succeeded');
const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 998 });
assert.equal(refund.status, 'succeeded');

// A preview, an upgrade, a year.
const preview = await stripe.invoices.createPreview({
  subscription: subscription.id,
  subscription_details: { items: [{ id: subscription.items.data[0].id, quantity: 3 }] },
});
assert.equal(preview.total, 3 * 1999 + 1999);
await advance(clock.id, start + 15 * day);
subscription = await stripe.subscriptions.update(subscription.id, {
  items: [{ id: subscription.items.data[0].id, quantity: 4 }],
  proration_behavior: 'always_invoice', expand: ['latest_invoice'],
});
assert.equal(subscription.latest_invoice.total, 1999);
await advance(clock.id, start + 364 * day);
const invoices = await stripe.invoices.list({ subscription: subscription.id, limit: 5 })
  .autoPagingToArray({ limit: 100 });
assert.equal(invoices.length, 13);
assert.ok(invoices.every((invoice) => invoice.status === 'paid'));
assert.equal(new Set(invoices.map((invoice) => invoice.number)).size, 13);
const ended = await stripe.subscriptions.cancel(subscription.id, { prorate: true });
assert.equal(ended.status, 'canceled');

// What is declined, is an error of the card.
const poor = await stripe.customers.create({ email: 'bo@example.com' });
const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: poor.id });
const declined = await failure(stripe.subscriptions.create({
  customer: poor.id, items: [{ price: price.id }], default_payment_method: bad.id,
  payment_behavior: 'error_if_incomplete',
}));
assert.equal(declined.type, 'StripeCardError');
assert.equal(declined.code, 'card_declined');

// Invoices by hand, credit notes, checkout.
await stripe.invoiceItems.create({ customer: poor.id, amount: 2500, currency: 'usd' });
const draft = await stripe.invoices.create({
  customer: poor.id, pending_invoice_items_behavior: 'include', collection_method: 'send_invoice',
  days_until_due: 14, currency: 'usd',
});
const open = await stripe.invoices.finalizeInvoice(draft.id);
const note = await stripe.creditNotes.create({
  invoice: open.id,
  lines: [{ type: 'invoice_line_item', invoice_line_item: open.lines.data[0].id, amount: 500 }],
});
assert.equal(note.pre_payment_amount, 500);
const settled = await stripe.invoices.pay(open.id, { paid_out_of_band: true });
assert.equal(settled.status, 'paid');
const session = await stripe.checkout.sessions.create({
  mode: 'payment', success_url: 'https://example.com', client_reference_id: 'order-9',
  line_items: [{
    quantity: 2,
    price_data: { currency: 'jpy', unit_amount: 500, product_data: { name: 'Shirt' } },
  }],
});
const items = await stripe.checkout.sessions.listLineItems(session.id);
assert.equal(items.data[0].amount_total, 1000);
assert.equal((await stripe.checkout.sessions.expire(session.id)).status, 'expired');

const types = (await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 }))
  .map((event) => event.type);
for (const type of ['customer.subscription.created', 'invoice.upcoming', 'invoice.paid',
  'customer.subscription.deleted', 'credit_note.created', 'checkout.session.expired',
  'test_helpers.test_clock.ready']) {
  assert.ok(types.includes(type), type);
}
console.log('all good');
