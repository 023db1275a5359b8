import { Application, Controller } from '@hotwired/stimulus';

Application.start().register(
  'contact',
  class extends Controller {
    async send(event) {
      event.preventDefault();
      await fetch('/api', { method: 'POST', body: new FormData(this.element) });
      this.element.reset();
    }
  },
);
