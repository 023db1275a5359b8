import naja from 'naja';

naja.initialize();
