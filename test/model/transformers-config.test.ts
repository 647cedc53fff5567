import { expect } from 'chai';
import { preprocessorConfig, transformersConfig } from '../../lib/model/transformers-config.js';
import { smallConv, smallVit } from './small-models.js';

describe('transformersConfig', () => {
  it('says of a vit what VideoMAEConfig asks for', () => {
    const config = transformersConfig({ ...smallVit, size: 64, frames: 16 });
    expect(config).to.include({
      ...{ model_type: 'videomae', image_size: 64, patch_size: 4, num_channels: 3, num_frames: 16, tubelet_size: 2 },
      ...{ hidden_size: 12, num_hidden_layers: 1, num_attention_heads: 3, intermediate_size: 48 },
      ...{ decoder_hidden_size: 8, decoder_num_hidden_layers: 1, decoder_num_attention_heads: 2 },
      ...{ decoder_intermediate_size: 32, hidden_act: 'gelu', layer_norm_eps: 1e-12, qkv_bias: true },
      // What is predicted is raw pixels, and a layer norm stands at the end of the encoder.
      ...{ norm_pix_loss: false, use_mean_pooling: false },
    });
    expect(config['architectures']).to.deep.equal(['VideoMAEForPreTraining']);
  });

  it('says where its VideoMAE has no such decoder, loss or encoder', () => {
    const of = (changes: object) => {
      const {
        architectures,
        model_type: type,
        norm_pix_loss: isNormalised,
      } = transformersConfig({ ...smallVit, ...changes });
      return [architectures, type, isNormalised];
    };
    expect(of({ target: 'normalised' })).to.deep.equal([['VideoMAEForPreTraining'], 'videomae', true]);
    for (const changes of [{ target: 'residual' }, { decoder: 'cross' }]) {
      expect(of(changes)).to.deep.equal([['VideoMAEModel'], 'videomae', false]);
    }
    const classifier = { labels: ['cat', 'dog'], pooling: 'mean' };
    expect(of({ classifier })[0]).to.deep.equal(['VideoMAEModel']);
    expect(of({ attention: 'divided' })[1]).to.equal('lacuna-vit');
  });

  it('calls a conv by a type of our own', () => {
    expect(transformersConfig(smallConv)).to.deep.equal({
      ...{ model_type: 'lacuna-conv', image_size: 16, patch_size: 4, num_channels: 3 },
      ...{ num_frames: 4, tubelet_size: 1 },
    });
  });
});

describe('preprocessorConfig', () => {
  it('has a mean and a deviation for each channel', () => {
    const { image_mean, image_std } = preprocessorConfig({ ...smallVit, channels: 1 });
    expect([image_mean, image_std]).to.deep.equal([[(0.485 + 0.456 + 0.406) / 3], [(0.229 + 0.224 + 0.225) / 3]]);
    expect(transformersConfig({ ...smallConv, channels: 1 })).to.include({ num_channels: 1 });
    expect(preprocessorConfig({ ...smallConv, channels: 1 })['image_mean']).to.deep.equal([0]);
  });

  it('brings a picture to what each family reads', () => {
    const vit = preprocessorConfig(smallVit);
    expect(vit).to.deep.include({
      ...{ size: { shortest_edge: 16 }, crop_size: { height: 16, width: 16 }, rescale_factor: 1 / 255 },
      ...{ do_normalize: true, image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] },
    });
    expect(preprocessorConfig(smallConv)).to.deep.include({
      crop_size: { height: 16, width: 16 },
      do_normalize: false,
    });
  });
});
