import TomSelect from 'tom-select';

window.picked = new TomSelect('#topic');
