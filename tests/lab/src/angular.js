import '@angular/compiler';
import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms';
import { bootstrapApplication } from '@angular/platform-browser';

class Contact {
  sent = signal(false);
  form = new FormGroup({ email: new FormControl('', [Validators.required, Validators.email]), message: new FormControl('') });
  async send() {
    if (this.form.invalid) return;
    await fetch('/api', { method: 'POST', body: JSON.stringify(this.form.value) });
    this.sent.set(true);
  }
}
const Decorated = Component({
  selector: '#app',
  imports: [ReactiveFormsModule],
  template: `@if (sent()) { <p>Merci</p> } @else {
    <form [formGroup]="form" (ngSubmit)="send()">
      <input formControlName="email" id="email" aria-label="E-mail">
      <textarea formControlName="message" id="message" aria-label="Message"></textarea>
      <button id="go">Envoyer</button>
    </form> }`,
})(Contact);
bootstrapApplication(Decorated || Contact, { providers: [provideZonelessChangeDetection()] });
