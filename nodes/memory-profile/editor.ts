import { registerNode } from '../shared/editor';
import { config } from './config';

const WORDS = '@headroom/node-red-memory/memory-profile:memory-profile.button';

registerNode('memory-profile', config, {
  button: {
    onclick() {
      $.ajax({ url: `headroom/memory-profile/${this.id}`, type: 'POST' })
        .done(({ payload }) => RED.notify(RED._(`${WORDS}.${payload}`), { type: 'success', timeout: 2000 }))
        .fail(({ status }) => RED.notify(RED._(`${WORDS}.failed`, { status }), { type: 'error' }));
    },
  },
  prepare() {
    $('#node-input-property').typedInput({ types: ['msg'] });
  },
});
